import type { ReactNode } from 'react';
import { Ago } from '@/components/live/countdown';
import { Chip } from '@/components/ui/chip';
import { sayFor } from '@/components/ui/say-time';
import { SentenceText } from '@/components/ui/sentence';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import { sessionPip, sessionWord } from './session-words';
import { Ruler } from './ruler';
import type { ChainState, SessionEventView, SessionView } from './view';

/** The session in one sentence, whether it lives, how far its chain is verified, and its whole length drawn once. `acts`: Pause, Stop session. */
export function SessionHeader({ session, events, acts, held, kept }: { session: SessionView; events: readonly SessionEventView[]; acts?: ReactNode; /** That it is held to less. */ held?: ReactNode; /** What is kept of it since it was stopped. */ kept?: ReactNode }) {
  return (
    <header className="session-head">
      <div className="top">
        <div className="min-w-0">
          <h1 className="working"><SentenceText parts={session.headline} /></h1>
          <div className="facts-line">
            <span><i className="pip mr-2 mb-px" data-state={sessionPip(session.state)} /><VisibleText text={session.agent} />, session {session.shortId}, {sessionWord(session.state)}</span>
            <span>{session.endedAt ? sayFor(Date.parse(session.endedAt) - Date.parse(session.startedAt), true) : <Ago at={session.startedAt} detail />}, {session.events.toLocaleString('en')} {session.events === 1 ? 'event' : 'events'}</span>
            {session.principal && <span className="on-desk">for <VisibleText text={session.principal.name} />{!session.principal.verified && ', unverified'}</span>}
            {session.enforcement === 'cooperative' && <span>cooperative</span>}
            <Chain state={session.chain} />
            {session.simulated && <Chip tone="open">SIMULATED</Chip>}
          </div>
        </div>
        {acts && <div className="acts">{acts}</div>}
      </div>
      {held}
      {kept}
      <Ruler events={events} />
    </header>
  );
}

function Chain({ state }: { state: ChainState }) {
  switch (state.kind) {
    case 'verified': return <Verdict name="verified" word={`verified to event ${state.to.toLocaleString('en')}`} />;
    case 'unverified': return <span className="quiet-text">verified to event {state.to.toLocaleString('en')} of {state.of.toLocaleString('en')}</span>;
    case 'broken': return <Verdict name="broken" word={`does not verify from event ${state.at.toLocaleString('en')}: ${state.because}`} />;
  }
}
