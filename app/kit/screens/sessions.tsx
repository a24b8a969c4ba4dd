import type { ReactNode } from 'react';
import { Pause } from 'lucide-react';
import { SessionHeader } from '@/components/sessions/session-header';
import { SessionList } from '@/components/sessions/session-list';
import { Timeline } from '@/components/sessions/timeline';
import type { SessionEventView, SessionView } from '@/components/sessions/view';
import { Button } from '@/components/ui/button';
import { Glyph } from '@/components/ui/glyphs';
import { Empty } from '@/components/ui/states';
import { loadPeekInKit } from '../actions';
import { events, hostileEvents, manyEvents, session, sessionRows } from '../fixtures/sessions';
import { KitFrame } from '../frame';

function screen(view: SessionView, list: SessionEventView[], selectedSeq?: number) {
  return function Screen() {
    return (
      <KitFrame>
        <div className="session">
          <SessionHeader session={view} events={list} acts={<><Button><Pause size={14} aria-hidden="true" />Pause</Button><Button tone="halt"><Glyph name="stop" size={12} />Stop session</Button></>} />
          <Timeline session={view} events={list} loadPeek={loadPeekInKit} {...(selectedSeq && { selectedSeq })} unloaded={list === events ? [{ from: 195, to: 214 }] : []} />
        </div>
      </KitFrame>
    );
  };
}

export const sessionScreens: Record<string, () => ReactNode> = {
  sessions: () => <KitFrame><SessionList rows={sessionRows} counts={{ open: 14, stopped: 1 }} filter="open" /></KitFrame>,
  'sessions-empty': () => <KitFrame><SessionList rows={[]} counts={{ open: 0, stopped: 0 }} filter="open" empty={<Empty title="No agent is at work." facts="3 agents are registered; the last session ended 2 h ago." />} /></KitFrame>,
  session: screen(session, events),
  'session-peek': screen(session, events, 189),
  'session-large': screen({ ...session, headline: [{ text: 'Six thousand calls, and nothing of note.' }], events: 6_000, chain: { kind: 'unverified', to: 5_000, of: 6_000 } }, manyEvents),
  'session-hostile': screen({ ...session, headline: hostileEvents[0]!.sentence, state: 'stopped', enforcement: 'cooperative', chain: { kind: 'broken', at: 3, because: 'its hash does not follow from event 2' }, lanes: ['people', 'a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ name, kind: 'agent' as const })) }, hostileEvents),
};
