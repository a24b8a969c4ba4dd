import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { SignInHistory } from '@/components/access/sign-in-history';
import { LiveRefresh } from '@/components/live/live-refresh';
import { VisibleText } from '@/components/ui/visible';
import { may, signInHistory } from '@/lib/access';
import { DomainError } from '@/lib/errors';

export const metadata: Metadata = { title: 'Sign-ins' };

export default async function SignInHistoryPage({ searchParams }: { searchParams: Promise<{ person?: string | string[] }> }) {
  const { actor, ctx } = await requireSession();
  const { person: asked } = await searchParams;
  const whose = typeof asked === 'string' && may(actor, 'person.manage') ? asked : actor.id;
  const { person, entries, more, days } = await signInHistory(ctx, whose).catch((error: unknown) => {
    if (error instanceof DomainError && (error.code === 'not_found' || error.code === 'invalid')) notFound();
    throw error;
  });
  const own = person.id === actor.id;
  return (
    <>
      <LiveRefresh topics={['people']} />
      <div className="page">
        <div className="page-read grid gap-6">
          <header>
            <h1>{own ? 'Your sign-ins' : <>Sign-ins of <VisibleText text={person.name} /></>}</h1>
            <p className="lede">{days} days back, times in UTC. <Link className="link reach" href={own ? '/settings' : `/settings/people/${person.id}`} prefetch={false}>{own ? 'Back to you and your keys' : 'Open their keys'}</Link></p>
          </header>
          <SignInHistory entries={entries} more={more} />
        </div>
      </div>
    </>
  );
}
