import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { setupCookie } from '@/app/_session/setup-cookie';
import { Door } from '@/components/access/door';
import { SetPasswordForm } from '@/components/access/set-password-form';
import { ButtonLink } from '@/components/ui/button';
import { readSetupLink } from '@/lib/access';
import { MIN_PASSWORD } from '@/lib/access/rules';
import { makeContext } from '@/lib/context';
import { env } from '@/lib/env';
import { setPasswordAction } from './set-password-action';

export const metadata: Metadata = { title: 'Set a password' };

const spent = {
  used: { title: 'This link was used already.', lede: 'It works once, and a newer link ends the ones before it. If it was not you who used it, tell an administrator now.' },
  expired: { title: 'The time of this link is over.', lede: 'Links to set a password do not live long.' },
  unknown: { title: 'There is no such link.', lede: 'It may be cut off; copy it whole. It must be opened in the browser that sets the password.' },
};

export default async function SetPasswordPage() {
  const state = await readSetupLink(makeContext({ kind: 'system', process: 'console' }), (await cookies()).get(setupCookie())?.value ?? '');
  const server = { host: new URL(env().publicUrl).host, environment: env().environment };
  if (state.kind !== 'open') {
    return (
      <Door {...spent[state.kind]} server={server} you={{ note: 'no password was set here' }}>
        <p className="aside">An administrator makes a new link in the settings. For the first administrator, each start of the server makes one until a password is set.</p>
        <div className="door-form"><ButtonLink href="/sign-in" size="tall">Go to sign in</ButtonLink></div>
      </Door>
    );
  }
  return (
    <Door title="Set your password." lede="It opens the console, where agents’ actions wait for you." server={server} you={{ name: state.name, note: `${state.email}, until ${clockTime(state.expiresAt)} UTC` }}>
      <SetPasswordForm email={state.email} minimum={MIN_PASSWORD} setPassword={setPasswordAction} />
    </Door>
  );
}

const clockTime = (iso: string) => iso.slice(11, 16);
