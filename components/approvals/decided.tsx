import { Countdown } from '@/components/live/countdown';
import { ButtonLink } from '@/components/ui/button';
import { Seal } from '@/components/ui/glyphs';
import { sayClock } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import { ActItem, type Act } from './act-item';
import { cancelCause, stateGlyph } from './state-words';
import { isOpen, type ApprovalCardView, type ApprovalState } from './view';

/** What became of it, in the place where the buttons were. Of one that is still open: that its time is up. Drawn by the server, so that a card that is decided on a phone doesn't load it. */
export function Decided({ view: { session, state }, withdraw }: { view: ApprovalCardView; withdraw?: Act | undefined }) {
  const [outcome, second] = words(state);
  return (
    <div className="decided">
      <Seal name={isOpen(state) ? 'expired' : stateGlyph(state)} size={24} closing={state.kind === 'approved'} {...(state.kind === 'approved' || state.kind === 'used' ? { tone: 'hand' as const } : { tone: 'text' as const })} />
      <div><p className="outcome" role="status">{outcome}</p><p className="text-13 text-text-2">{second}</p></div>
      {withdraw && state.kind === 'approved' && <ActItem className="button" act={withdraw}>Take it back</ActItem>}
      <ButtonLink href={`/sessions/${session.id}`}>Open the session</ButtonLink>
    </div>
  );
}

function words(state: ApprovalState) {
  switch (state.kind) {
    case 'denied':
      return [<>Denied by <VisibleText key="by" text={state.by} /> at {sayClock(state.at)}.</>, <>{state.agentToldAt ? `The agent was told at ${sayClock(state.agentToldAt)}.` : 'The agent is told as soon as it is connected.'} Nothing was sent.{state.sessionStopped && ' The session was stopped.'}{state.reason && <> “<VisibleText text={state.reason} />”</>}</>];
    case 'approved':
      return [<>Approved at {sayClock(state.at)}.</>, <>The agent may do exactly this, once, within <Countdown until={state.useBy} over="no time: the use-by has passed" />.</>];
    case 'used':
      return [<>Approved, and used at {sayClock(state.at)}.</>, 'The agent did exactly this, once. The permit is spent.'];
    case 'unused_expired':
      return [<>Approved, and not used in time.</>, `Its use-by passed at ${sayClock(state.at)}. Nothing was sent.`];
    case 'cancelled':
      return [<>Cancelled at {sayClock(state.at)}: {cancelCause(state)}.</>, 'The agent gets deny. Nothing was sent.'];
    case 'expired':
      return [<>Expired at {sayClock(state.at)}. It counts as denied.</>, 'Nobody decided in time. Nothing was sent.'];
    default:
      return ['Time is up. It counts as denied.', 'The record follows in a moment.'];
  }
}
