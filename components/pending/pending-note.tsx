import Link from 'next/link';
import { Countdown } from '@/components/live/countdown';
import { Seal } from '@/components/ui/glyphs';
import { sayClock } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import type { PendingRequestView } from './view';

/** Who asked for this and until when, above what it would do. `stale` is where the approval is once its arguments are others. */
export function PendingNote({ request, stale }: { request: PendingRequestView; stale?: string }) {
  const by = request.tokenName ? <>Your token <b><VisibleText text={request.tokenName} /></b></> : <>A token of yours</>;
  const { state } = request;
  return (
    <section className="pending-note" aria-label="The request">
      <Seal name={(state.kind === 'open' || state.kind === 'under_way') && !stale ? 'asked' : state.kind === 'finished' && state.outcome === 'done' ? 'done' : 'broken'} />
      <p>
        {by} asked for this at {sayClock(request.createdAt)}.{' '}
        {stale ? <>Its arguments changed since, so this can’t be finished. <Link className="link" href={stale} prefetch={false}>Read the approval as it is now</Link>.</>
          : state.kind === 'open' ? <>It takes your passkey, and waits <Countdown until={request.expiresAt} over="no longer" /> more.{request.body.reason && <> Its reason: “<VisibleText text={request.body.reason} />”</>}</>
            : state.kind === 'under_way' ? 'It is being finished at this moment. Look again in a minute.'
            : state.kind === 'expired' ? 'Its fifteen minutes are over. Nothing was done; the token can ask again.'
              : state.outcome === 'done' ? `You finished it at ${sayClock(state.at)}.` : `It was ended at ${sayClock(state.at)}. Nothing was done.`}
      </p>
    </section>
  );
}
