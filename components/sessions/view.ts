import type { ArgumentView } from '@/components/ui/argument-viewer';
import type { HiddenSecrets } from '@/components/payloads/reveal-secrets';
import type { Sentence } from '@/components/ui/sentence';

export type SessionState = 'open' | 'lost' | 'paused' | 'stopped' | 'closed';

/** A line of the list of sessions. */
export type SessionRow = {
  id: string;
  shortId: string;
  agent: string;
  purpose: string;
  state: SessionState;
  startedAt: string;
  lastEventAt: string;
  events: number;
  asks: number;
  denies: number;
  waiting: number;
  tainted: boolean;
  constrained: boolean;
  enforcement: 'enforced' | 'cooperative';
  principal?: string;
  simulated?: boolean;
};

export type EventKind = 'person' | 'input' | 'plan' | 'model_call' | 'action' | 'approval' | 'result' | 'finding' | 'agent' | 'session' | 'stop';
export type EventVerdict = 'allow' | 'ask' | 'deny' | 'approved' | 'used' | 'expired' | 'cancelled' | 'untrusted' | 'alert' | 'stopped';

/** One event of a session's stream, already decoded into one line. */
export type SessionEventView = {
  seq: number;
  at: string;
  step?: number;
  kind: EventKind;
  /** Index into the lanes. */
  lane: number;
  sentence: Sentence;
  verdict?: EventVerdict;
  /** source: text from outside enters here; reached: that text's influence is in this event. */
  taint?: 'source' | 'reached';
  /** An allowed read: it may fold with its neighbours. */
  foldable?: boolean;
  /** Short name for the fold: "crm.read_customer". */
  tool?: string;
  /** This event opens its lane, from that other lane. */
  joinsFrom?: number;
};

export type Lane = { name: string; kind: 'people' | 'agent' | 'helper' };

export type ChainState = { kind: 'verified'; to: number } | { kind: 'unverified'; to: number; of: number } | { kind: 'broken'; at: number; because: string };

/** Why the session is held to less, in words, and at which event that was seen. */
export type ConstraintView = { seq: number; sentence: string };

export type SessionView = {
  id: string;
  shortId: string;
  agent: string;
  /** What matters about it in one sentence; without anything remarkable, its purpose. */
  headline: Sentence;
  state: SessionState;
  startedAt: string;
  endedAt?: string;
  events: number;
  chain: ChainState;
  enforcement: 'enforced' | 'cooperative';
  principal?: { name: string; verified: boolean };
  lanes: Lane[];
  /** Where the first untrusted text entered whose data reached a gated argument. */
  wentWrongAt?: number;
  /** Set while it is held to less. */
  constraint?: ConstraintView;
  simulated?: boolean;
};

/** A stretch of the stream that was not sent to the browser, both ends included. */
export type Unloaded = { from: number; to: number };

export type Peek = {
  seq: number;
  step?: number;
  title: Sentence;
  verdict?: EventVerdict;
  decideBy?: string;
  approvalId?: string;
  reason?: string;
  code?: string;
  rules?: { id: string; effect: 'permit' | 'forbid' | 'ask' }[];
  arguments?: ArgumentView[];
  text?: { label: string; text: string; untrusted: boolean };
  /** Texts with detected secrets that are not shown. */
  hidden?: HiddenSecrets[];
  /** What stands in the place of texts that were destroyed. */
  erased?: { at: string; by: string; why: string };
  path?: { step?: number; seq: number; what: string; how: string; tainted: boolean }[];
  touched?: { label: string; value: string }[];
  hash?: string;
  recordedAt: string;
};
export type LoadPeek = (seq: number) => Promise<Peek>;
export type LoadEvents = (range: Unloaded) => Promise<SessionEventView[]>;
