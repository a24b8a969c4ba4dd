import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { signOutAction } from '@/app/_session/sign-out-action';
import { OwnAccess } from '@/components/access/own-access';
import { Passkeys } from '@/components/access/passkeys';
import { LiveRefresh } from '@/components/live/live-refresh';
import { OwnStopKeys } from '@/components/stop-key/own-stop-keys';
import { Button } from '@/components/ui/button';
import { VisibleText } from '@/components/ui/visible';
import { listPasskeys, listSignIns, listStopKeys, listTokens, may } from '@/lib/access';
import { endStopKey } from '../stop-key-actions';
import { endSignIn, endToken, makeToken } from './access-actions';
import { beginPasskeyAction, beginProofAction, registerPasskeyAction, removePasskeyAction, renamePasskeyAction } from './passkey-actions';

export const metadata: Metadata = { title: 'Settings' };

const managePasskeys = { beginProof: beginProofAction, begin: beginPasskeyAction, register: registerPasskeyAction, rename: renamePasskeyAction, remove: removePasskeyAction };

export default async function SettingsPage() {
  const { actor, ctx, signInId } = await requireSession();
  const [passkeys, signIns, tokens, stopKeys] = await Promise.all([listPasskeys(ctx), listSignIns(ctx), listTokens(ctx), listStopKeys(ctx)]);
  return (
    <>
      <LiveRefresh topics={['people', 'approvals', 'switches']} />
      <div className="page">
        <div className="page-read grid gap-8">
          <header className="flex flex-wrap items-start justify-between gap-3">
            <div><h1>You and your keys</h1><p className="lede">You are <VisibleText text={actor.name} />, {actor.roles.join(', ') || 'without a role'}.</p></div>
            <form action={signOutAction}><Button type="submit">Sign out</Button></form>
          </header>
          <Passkeys passkeys={passkeys} manage={managePasskeys} />
          <OwnAccess signIns={signIns} currentSignInId={signInId} tokens={tokens} endSignIn={endSignIn} revokeToken={endToken} createToken={makeToken} />
          <OwnStopKeys keys={stopKeys} mayHold={may(actor, 'stop_key.register')} revoke={endStopKey} />
        </div>
      </div>
    </>
  );
}
