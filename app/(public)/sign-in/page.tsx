import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { currentSession } from '@/app/_session/current-actor';
import { localPath } from '@/app/_session/local-path';
import { Door } from '@/components/access/door';
import { env } from '@/lib/env';
import { PasswordSignIn } from './password-sign-in';

export const metadata: Metadata = { title: 'Sign in' };

const notices: Record<string, string> = { password: 'Your password is set. Sign in with it.' };

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ next?: string | string[]; done?: string | string[] }> }) {
  const { next, done } = await searchParams;
  const onwards = localPath(next);
  if (await currentSession()) redirect(onwards);
  return (
    <Door
      title="Agents ask. You countersign." lede="Sign in to decide what your agents may do." server={{ host: new URL(env().publicUrl).host, environment: env().environment }}
      you={{ note: 'not signed in' }}
    >
      <PasswordSignIn next={onwards} notice={typeof done === 'string' ? notices[done] : undefined} />
      <p className="aside">No account? Ask an administrator of this server; nobody can sign themselves up.</p>
    </Door>
  );
}
