import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { OwnIdentities } from '@/components/access/own-identities';
import { NewDevices } from '@/components/access/new-devices';
import { OwnTokens } from '@/components/access/own-tokens';
import { Passkeys } from '@/components/access/passkeys';
import { PasswordSection } from '@/components/access/password-section';
import { RecoveryCodesSection } from '@/components/access/recovery-codes-section';
import { SignIns } from '@/components/access/sign-ins';
import { TotpSection } from '@/components/access/totp-section';
import { LiveRefresh } from '@/components/live/live-refresh';
import { OwnStopKeys } from '@/components/stop-key/own-stop-keys';
import { VisibleText } from '@/components/ui/visible';
import { listIdentities, listNewDevices, listPasskeys, listSignIns, listStopKeys, listTokens, may, ownFactors } from '@/lib/access';
import { MIN_PASSWORD } from '@/lib/access/rules';
import { env } from '@/lib/env';
import { endStopKey } from '../stop-key-actions';
import { beginLinkAction, beginLinkProof, unlink } from './identity-actions';
import { linkOutcome } from './link-outcome';
import { endSignIn, endToken, makeToken } from './access-actions';
import { beginTotp, endOtherSignIns, iKnowDevice, itWasNotMe, newRecoveryCodes, setOwnPassword, takeTotpOff, turnTotpOn } from './factor-actions';
import { managePasskeys } from './manage-passkeys';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage({ searchParams }: { searchParams: Promise<{ oidc?: string | string[] }> }) {
  const { actor, ctx, signInId } = await requireSession();
  const [passkeys, signIns, tokens, stopKeys, factors, devices, identities] = await Promise.all([listPasskeys(ctx), listSignIns(ctx), listTokens(ctx), listStopKeys(ctx), ownFactors(ctx), listNewDevices(ctx), listIdentities(ctx)]);
  const provider = env().oidc;
  const proof = factors.totp.kind === 'on' ? 'code' : factors.hasPassword ? 'password' : 'fresh';
  return (
    <>
      <LiveRefresh topics={['people', 'approvals', 'switches']} />
      <div className="page">
        <div className="page-read grid gap-8">
          <header className="flex flex-wrap items-start justify-between gap-3">
            <div><h1>You and your keys</h1><p className="lede">You are <VisibleText text={actor.name} />, {actor.roles.join(', ') || 'without a role'}.</p></div>
          </header>
          <NewDevices devices={devices} judge={{ know: iKnowDevice, disown: itWasNotMe }} />
          <Passkeys passkeys={passkeys} manage={managePasskeys} />
          {factors.hasPassword && <PasswordSection email={actor.email} minimum={MIN_PASSWORD} change={setOwnPassword} />}
          <TotpSection totp={factors.totp} proof={proof} enrol={beginTotp} confirm={turnTotpOn} remove={takeTotpOff} />
          <RecoveryCodesSection recovery={factors.recovery} proof={proof} make={newRecoveryCodes} />
          <OwnIdentities identities={identities} provider={provider && { name: provider.name, issuer: provider.issuer }} outcome={linkOutcome((await searchParams).oidc, provider?.name)} unlink={unlink} link={{ begin: beginLinkAction, beginProof: beginLinkProof, hasPasskey: passkeys.length > 0 }} />
          <SignIns signIns={signIns} currentSignInId={signInId} endSignIn={endSignIn} endOthers={endOtherSignIns} />
          <OwnTokens tokens={tokens} revokeToken={endToken} createToken={makeToken} />
          <OwnStopKeys keys={stopKeys} mayHold={may(actor, 'stop_key.register')} revoke={endStopKey} />
        </div>
      </div>
    </>
  );
}
