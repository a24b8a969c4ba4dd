import { Countdown } from '@/components/live/countdown';
import { Seal } from '@/components/ui/glyphs';
import { sayClock } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import type { PendingRequestView } from './view';

/** Who asked for this and until when, above what it would do. */
export function PendingNote({ request }: { request: PendingRequestView }) {
  return (
    <section className="pending-note" aria-label="The request">
      <Seal name="asked" tone="wait" />
      <p>
        <RequestedBy request={request} /> asked for this at {sayClock(request.createdAt)}. It takes your {request.kind === 'switch_release' ? 'passkey' : 'signature'}, and waits <Countdown until={request.expiresAt} over="no longer" /> more.
        {request.body.reason && <> Its reason: “<VisibleText text={request.body.reason} />”</>}
      </p>
    </section>
  );
}

export const RequestedBy = ({ request: { tokenName } }: { request: PendingRequestView }) => (tokenName ? <>Your token <b><VisibleText text={tokenName} /></b></> : <>A token of yours</>);
