import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { localPath } from '@/app/_session/local-path';
import { signOutAction } from '@/app/_session/sign-out-action';
import { Passkeys } from '@/components/access/passkeys';
import { TotpSection } from '@/components/access/totp-section';
import { Button, ButtonLink } from '@/components/ui/button';
import { listPasskeys, may, needsSecondFactor, ownFactors, readSetting } from '@/lib/access';
import { beginTotp, takeTotpOff, turnTotpOn } from '../settings/factor-actions';
import { managePasskeys } from '../settings/manage-passkeys';

export const metadata: Metadata = { title: 'Your second factor' };

/** Where whoever owes a second factor is led. It stays when one was set up, so that recovery codes that are shown once are not led away from. */
export default async function SecondFactorPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { actor, ctx } = await requireSession({ confined: true });
  const onwards = localPath((await searchParams).next);
  if (!needsSecondFactor(await readSetting('second_factor_from'), actor)) redirect(onwards);
  const signOut = <form action={signOutAction}><Button type="submit" {...(actor.confined === 'factor_unused' && { tone: 'strong' as const })}>Sign out</Button></form>;
  if (actor.confined === 'factor_unused') {
    return (
      <div className="page"><div className="page-read grid gap-6">
        <header><h1>Sign in with your second factor</h1><p className="lede">One is required of you and you have one, but this sign-in was by your password alone. Sign out, and sign in with your passkey or with a code from your app.</p></header>
        <div className="flex flex-wrap gap-2">{signOut}</div>
        <p className="text-13 text-text-3">Lost it? An administrator can take it from your account, and you set up another at the next sign-in.</p>
      </div></div>
    );
  }
  const [passkeys, factors] = await Promise.all([may(actor, 'credential.manage') ? listPasskeys(ctx) : [], ownFactors(ctx)]);
  const proof = factors.totp.kind === 'on' ? 'code' : factors.hasPassword ? 'password' : 'fresh';
  return (
    <div className="page"><div className="page-read grid gap-8">
      <header className="flex flex-wrap items-start justify-between gap-3">
        {actor.confined
          ? <div><h1>Set up your second factor</h1><p className="lede">One is required of you. Set up either of these; the rest of the console opens after that.</p></div>
          : <div><h1>Your second factor is set up</h1><p className="lede">The console is open to you.</p></div>}
        {actor.confined ? signOut : <ButtonLink tone="strong" href={onwards}>Go on to the console</ButtonLink>}
      </header>
      <Passkeys passkeys={passkeys} manage={managePasskeys} />
      <TotpSection totp={factors.totp} proof={proof} enrol={beginTotp} confirm={turnTotpOn} remove={takeTotpOff} />
    </div></div>
  );
}
