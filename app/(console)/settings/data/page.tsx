import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { DataScreen } from '@/components/data/data-screen';
import { RetentionForm } from '@/components/data/retention-form';
import { LiveRefresh } from '@/components/live/live-refresh';
import { may, readSetting } from '@/lib/access';
import { lastBackups } from '@/lib/backup';
import { countPayloads, listErasures } from '@/lib/payloads';
import { shortId } from '@/lib/protocol/ids';
import { saveRetention } from './retention-action';

export const metadata: Metadata = { title: 'Data' };

export default async function DataPage() {
  const { actor, ctx } = await requireSession();
  const [retention, counts, erasures, backups] = await Promise.all([readSetting('retention'), countPayloads(ctx), listErasures(ctx, 20), lastBackups(ctx, 5)]);
  return (
    <>
      <LiveRefresh topics={['log']} />
      <DataScreen
        retention={<RetentionForm key={JSON.stringify(retention)} retention={retention} counts={counts} {...(may(actor, 'setting.manage') && { save: saveRetention })} />}
        erasures={erasures.map(({ sessionId, ...one }) => ({ ...one, session: sessionId === null ? undefined : { id: sessionId, shortId: shortId(sessionId) } }))}
        backups={backups}
      />
    </>
  );
}
