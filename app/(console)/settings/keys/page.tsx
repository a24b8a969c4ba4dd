import type { Metadata } from 'next';
import path from 'node:path';
import { requireSession } from '@/app/_session/current-actor';
import { KeyList } from '@/components/keys/key-list';
import { LiveRefresh } from '@/components/live/live-refresh';
import { env } from '@/lib/env';
import { listKeys } from '@/lib/keys';
import { FileKeys } from '@/lib/signing';

export const metadata: Metadata = { title: 'Keys' };

export default async function KeysPage() {
  const { ctx } = await requireSession();
  // Public halves and ids alone: this page holds no key, and so can rotate none.
  const keys = await listKeys(ctx, new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [] }));
  return (
    <>
      <LiveRefresh topics={['people']} />
      <div className="page"><div className="page-read grid gap-6"><KeyList keys={keys} now={ctx.now().toISOString()} authInEnvironment={env().authSecret !== undefined} /></div></div>
    </>
  );
}
