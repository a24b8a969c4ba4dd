import type { KnownAgent } from '@/lib/agents';
import { LiveSummary } from '@/lib/behaviour';
import type { Decision, Finding } from '@/lib/protocol/decision';
import type { Capability } from '@/lib/protocol/identity';
import { SeenTexts } from '@/lib/provenance';
import type { Constraint, SessionRow } from '@/lib/sessions/schema';
import { nothingLearned, type HeldHistory } from './baselines';
import { Plans } from './plans';
import { SeenIds } from './seen-ids';
import type { Reservation } from './budgets';
import { ToolUsage } from './tool-usage';

/** An action as this gateway remembers it; the row in the database is the truth. */
export type KnownAction = {
  actionId: string; requestId: string; tool: string; digest: string; seq: number; agentId: string;
  decision: Decision;
  approval?: { id: string; state: string; useBy: Date | null; stepUp?: boolean; /** As its row has it; who holds something against it reads it first. */ route?: unknown; /** What the rules asked for when it was asked, as a gateway wrote it; nobody else can. */ owed?: unknown; /** Of which arguments it asked for that, where those were not the agent’s own: their digest. */ owedFor?: string; asked?: { routes: readonly string[]; at: Date } };
  permitExpiresAt: Date | null; startedAt: Date | null; finishedAt: Date | null; redeemedAt: Date | null;
  reservations: Reservation[];
  /** How it stood to the plan that it names when it was asked for. */
  plan?: { conforms: boolean; stable: boolean; findings: Finding[] };
  /** The session's version when this was read; an older one is read again before it is relied on. */
  version: number;
};

/** A session that is attached to this gateway. */
export type LiveSession = {
  row: SessionRow;
  agent: KnownAgent;
  /** What the connection's token grants; the agent's own capabilities are checked as well, so a token can only narrow. */
  tokenCapabilities: readonly Capability[];
  dataKey: Buffer;
  /** Set when another process wrote to the session's stream: the row is read again before anything is decided. */
  stale: boolean;
  /** The writer's name for the reading that this session stands on. */
  placed: number;
  refreshing: Promise<void> | undefined;
  version: number;
  known: Map<string, KnownAction>; // by requestId
  byAction: Map<string, KnownAction>;
  /** Whether `known` and `forgotten` hold every request of this session; false after a return to it: then the database is asked. */
  complete: boolean;
  /** Requests that were known here and made room, or whose writing ended unknown: of these the database is asked. */
  forgotten: SeenIds;
  /** Of those whose writing ended unknown: what to do once it is known. By requestId. */
  uncertain: Map<string, { written: (action: KnownAction) => void; notWritten: () => Promise<void> }>;
  inFlight: Map<string, { digest: string; deciding: Promise<Decision> }>;
  /** Actions whose agent was told to wait for a person, and has not been told how that ended. */
  waiting: Set<string>;
  /** What is being written that constrains it; its row says so already. */
  constraining: Set<Constraint>;
  seen: SeenTexts;
  /** Up to which event of the stream its texts are in `seen`. */
  textsTo: number;
  calls: number;
  recentCalls: number[]; // times of the last minute's calls, monotonic milliseconds
  plans: Plans;
  /** What its calls have taken so far, and how many are running. */
  usage: ToolUsage;
  /** What the allowed and the pending actions of this session cost by our prices, in ten-thousandths. */
  costE4: number;
  /** What the session adds up to, and what its agent's sessions usually do. */
  behaviour: LiveSummary;
  history: HeldHistory;
};

/** Enough for what is under way; a session's memory must not grow with its length. */
const MOST_REMEMBERED = 64;

export function makeLiveSession(row: SessionRow, agent: KnownAgent, tokenCapabilities: readonly Capability[], dataKey: Buffer, fresh: boolean): LiveSession {
  return {
    row, agent, tokenCapabilities, dataKey, stale: true, placed: 0, refreshing: undefined, version: 1, known: new Map(), byAction: new Map(), complete: fresh, forgotten: new SeenIds(), uncertain: new Map(), inFlight: new Map(), waiting: new Set(),
    constraining: new Set(), seen: new SeenTexts(), textsTo: 0, calls: 0, recentCalls: [], plans: new Plans(), usage: new ToolUsage(), costE4: 0,
    behaviour: new LiveSummary(row.openedAt.getTime()), history: nothingLearned(),
  };
}

export function remember(session: LiveSession, action: KnownAction): void {
  session.known.set(action.requestId, action);
  session.byAction.set(action.actionId, action);
  if (session.known.size <= MOST_REMEMBERED) return;
  // The oldest is forgotten, but not that there was one.
  const [requestId, oldest] = session.known.entries().next().value!;
  session.known.delete(requestId);
  session.byAction.delete(oldest.actionId);
  session.forgotten.add(requestId);
}

/** Somebody else wrote to the session's stream after the reading `placed`: unless it was read again meanwhile, that is due. */
export function movedFrom(session: LiveSession, placed: number): void {
  if (session.placed === placed) session.stale = true;
}
