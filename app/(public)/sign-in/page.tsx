import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentSession } from '@/app/_session/current-actor';
import { localPath } from '@/app/_session/local-path';
import { stopCommand } from '@/app/(console)/stop-command';
import { Door } from '@/components/access/door';
import { SignInStop } from '@/components/stop-key/sign-in-stop';
import { env } from '@/lib/env';
import { ways } from './ways';

export const metadata: Metadata = { title: 'Sign in' };

const notices: Record<string, string> = { password: 'Your password is set. Sign in with it.' };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[]; done?: string | string[]; error?: string | string[] }> }) {
  const { next, done, error } = await searchParams;
  const onwards = localPath(next);
  if (await currentSession()) redirect(onwards);
  return (
    <Door
      title="Agents ask. You countersign." lede="Sign in to decide what your agents may do." server={{ host: new URL(env().publicUrl).host, environment: env().environment }}
      you={{ note: 'not signed in' }}
    >
      <div className="door-ways">
        {ways.map(({ id, Way }, at) => <Way key={id} next={onwards} word={typeof error === 'string' ? error : undefined} {...(at === 0 && typeof done === 'string' && { notice: notices[done] })} />)}
      </div>
      <p className="aside">No account? Ask an administrator of this server; nobody can sign themselves up.</p>
      <SignInStop controlUrl={env().controlPublicUrl} stopCommand={stopCommand} />
    </Door>
  );
}
