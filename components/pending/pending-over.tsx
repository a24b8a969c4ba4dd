import { ButtonLink } from '@/components/ui/button';
import { sayDay } from '@/components/ui/say-time';
import { RequestedBy } from './pending-note';
import type { PendingRequestView } from './view';

type Props = { request: PendingRequestView; /** Its arguments are others than the token saw. */ stale: boolean };

/** A request that can't be finished here any more: what became of it, and where its subject is. */
export function PendingOver({ request, stale }: Props) {
  const { title, rest } = words(request, stale);
  const approval = request.kind === 'approval_decision';
  return (
    <div className="page">
      <section className="page-read" aria-label="The request">
        <h1>{title}</h1>
        <p className="lede"><RequestedBy request={request} /> asked for {approval ? 'this approval' : 'this release'} at {sayDay(request.createdAt)}. {rest}</p>
        <p className="mt-4"><ButtonLink href={`/${approval ? 'approvals' : 'switches'}/${request.objectId}`}>{approval ? 'Open the approval' : 'Open the stop'}</ButtonLink></p>
      </section>
    </div>
  );
}

function words({ state }: PendingRequestView, stale: boolean): { title: string; rest: string } {
  if (state.kind === 'finished') return state.outcome === 'done' ? { title: 'You finished this request.', rest: `You signed it at ${sayDay(state.at)}.` } : { title: 'Nothing was done.', rest: `It was ended at ${sayDay(state.at)}; the token can ask again.` };
  if (state.kind === 'under_way') return { title: 'It is being finished at this moment.', rest: 'Look again in a minute.' };
  if (state.kind === 'expired' || !stale) return { title: 'Its fifteen minutes are over.', rest: 'Nothing was done; the token can ask again.' };
  return { title: 'Its arguments changed since.', rest: 'What the token saw is not what would happen, so this can’t be finished. Nothing was done.' };
}
