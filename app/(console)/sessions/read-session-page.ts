import type { LoadEvents, SessionEventView, SessionView, Unloaded } from '@/components/sessions/view';
import type { Sentence } from '@/components/ui/sentence';
import { readStream, sessionStream } from '@/lib/log';
import { activePolicies, seenSentence } from '@/lib/policies';
import { readTimeline, sessionTaint, verifySessionChain, type SessionSummary, type SessionTaint } from '@/lib/sessions';
import { eventView } from './event-view';

/** What a page is drawn with: the beginning, which says what the session is for, and the end, which says where it stands. */
const LAST = 600;
const FIRST = 50;
/** What one press reads of the middle. */
const MOST_AT_ONCE = 1_000;

export type SessionPage = { view: SessionView; events: SessionEventView[]; unloaded: Unloaded[] };

/** A session as its page shows it, windowed from both ends; `at`: an event that must be among what is sent. */
export async function readSessionPage(session: SessionSummary, now: Date, at?: number): Promise<SessionPage> {
  const { lastSeq } = session;
  const whole = lastSeq <= LAST + FIRST;
  const around = !whole && at !== undefined && at > FIRST && at <= lastSeq - LAST ? { from: Math.max(FIRST + 1, at - 100), to: Math.min(lastSeq - LAST, at + 100) } : undefined;
  const [taint, chain, readOnly, ...windows] = await Promise.all([
    sessionTaint(session.id), verifySessionChain(session.id, now), readOnlyTools(),
    whole ? readTimeline(session.id, 0, LAST + FIRST) : readTimeline(session.id, 0, FIRST),
    around ? readTimeline(session.id, around.from - 1, around.to - around.from + 1) : [],
    // One more than counted: what was recorded meanwhile belongs to the page too.
    whole ? [] : readTimeline(session.id, lastSeq - LAST, LAST + 200),
  ]);
  const events = windows.flat().map((event) => eventView(event, taint, readOnly));
  const unloaded = whole ? [] : around
    ? [{ from: FIRST + 1, to: around.from - 1 }, { from: around.to + 1, to: lastSeq - LAST }].filter((range) => range.from <= range.to)
    : [{ from: FIRST + 1, to: lastSeq - LAST }];
  return {
    events, unloaded,
    view: {
      id: session.id, shortId: session.shortId, agent: session.agentName, headline: headline(session, taint), state: session.state, startedAt: session.openedAt, events: Math.max(lastSeq, events.at(-1)?.seq ?? 0),
      chain, enforcement: session.enforcement, simulated: session.simulated, lanes: [{ name: 'people', kind: 'people' }, { name: session.agentName, kind: 'agent' }],
      ...(session.endedAt ? { endedAt: session.endedAt } : {}), ...(taint.wentWrongAt === null ? {} : { wentWrongAt: taint.wentWrongAt }),
      ...(session.constrained && !session.endedAt ? { constraint: { seq: session.constrained.seq, sentence: seenSentence(session.constrained) } } : {}),
      ...(session.principal ? { principal: { name: session.principal.name ?? session.principal.id, verified: session.principal.verified } } : {}),
    },
  };
}

/** A stretch of the middle, when somebody asks for it. */
export async function readStretch(sessionId: string, range: Parameters<LoadEvents>[0]): Promise<SessionEventView[]> {
  const from = Math.max(1, Math.floor(range.from));
  const many = Math.min(MOST_AT_ONCE, Math.floor(range.to) - from + 1);
  if (!(many > 0)) return [];
  const [events, taint, readOnly] = await Promise.all([readStream(sessionStream(sessionId), from - 1, many), sessionTaint(sessionId), readOnlyTools()]);
  return events.map((event) => eventView(event, taint, readOnly));
}

async function readOnlyTools(): Promise<ReadonlySet<string>> {
  const active = await activePolicies();
  return new Set(active?.tools.filter((tool) => tool.annotations.readOnlyHint === true || tool.classes.includes('read-only')).map((tool) => tool.name));
}

/** What matters about it in one sentence; without anything remarkable, its purpose. */
function headline(session: SessionSummary, taint: SessionTaint): Sentence {
  const purpose = session.purpose.length > 300 ? `${session.purpose.slice(0, 260)} …` : session.purpose;
  if (session.state === 'stopped') return [{ text: 'Stopped: ' }, { text: purpose }];
  if (session.pending > 0) return [{ text: `${session.pending === 1 ? 'One request waits' : `${session.pending} requests wait`} on a person: ` }, { text: purpose }];
  if (taint.wentWrongAt !== null) return [{ text: 'Text from outside reached a gated call: ' }, { text: purpose }];
  return [{ text: purpose }];
}
