import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { PersonCredentials } from '@/components/access/person-credentials';
import { LiveRefresh } from '@/components/live/live-refresh';
import { may, readCredentials } from '@/lib/access';
import { DomainError } from '@/lib/errors';
import { endStopKey } from '../../../stop-key-actions';
import { endPasskeyOf, endSignIn, endToken } from '../../access-actions';
import { resetTotpOf } from '../../factor-actions';

export const metadata: Metadata = { title: 'Keys of a person' };

export default async function PersonPage({ params }: { params: Promise<{ id: string }> }) {
  const { actor, ctx } = await requireSession();
  const { id } = await params;
  // One's own are kept where it is made sure that it is oneself who changes them.
  if (id === actor.id) redirect('/settings');
  if (!may(actor, 'person.manage')) notFound();
  const credentials = await readCredentials(ctx, id).catch((error: unknown) => {
    if (error instanceof DomainError && (error.code === 'not_found' || error.code === 'invalid')) notFound();
    throw error;
  });
  return (
    <>
      <LiveRefresh topics={['people']} />
      <div className="page">
        <div className="page-read grid gap-8">
          <PersonCredentials of={credentials} end={{ passkey: endPasskeyOf, totp: resetTotpOf, stopKey: endStopKey, token: endToken, signIn: endSignIn }} />
        </div>
      </div>
    </>
  );
}
