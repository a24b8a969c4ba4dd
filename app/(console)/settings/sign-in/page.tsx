import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { SignInLimits } from '@/components/access/sign-in-limits';
import { may, readSetting } from '@/lib/access';
import { setSignInLimits } from '../factor-actions';

export const metadata: Metadata = { title: 'Sign-in' };

export default async function SignInSettingsPage() {
  const { actor } = await requireSession();
  const [idleMinutes, absoluteHours] = await Promise.all([readSetting('sign_in_idle_minutes'), readSetting('sign_in_absolute_hours')]);
  return (
    <div className="page">
      <div className="page-read grid gap-8">
        <header><h1>How people sign in</h1><p className="lede">What holds for everybody on this server.</p></header>
        <SignInLimits idleMinutes={idleMinutes} absoluteHours={absoluteHours} {...(may(actor, 'setting.manage') && { save: setSignInLimits })} />
      </div>
    </div>
  );
}
