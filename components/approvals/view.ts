import type { ArgumentView } from '@/components/ui/argument-viewer';
import type { HiddenSecrets } from '@/components/payloads/reveal-secrets';
import type { BeginStepUp } from '@/components/access/use-step-up';
import type { Change, ChangedView } from './narrow-view';
import type { StepUpAnswer } from '@/lib/access/schema';
import type { Sentence } from '@/components/ui/sentence';

export type Risk = 'low' | 'medium' | 'high' | 'critical';
export type RiskMark = 'irreversible' | 'external' | 'tainted' | 'first_time' | 'money' | 'constrained' | 'many_records';

export type ApprovalState =
  | { kind: 'pending' }
  | { kind: 'partially_approved' }
  | { kind: 'approved'; at: string; useBy: string }
  | { kind: 'used'; at: string }
  | { kind: 'unused_expired'; at: string }
  | { kind: 'denied'; at: string; by: string; reason?: string; agentToldAt?: string; sessionStopped?: boolean }
  | { kind: 'expired'; at: string }
  | { kind: 'cancelled'; at: string; cause: 'session_ended' | 'stopped' | 'withdrawn' | 'superseded' | 'unproven' };

/** A line of the queue. */
export type ApprovalRow = {
  id: string;
  title: Sentence;
  agent: string;
  risk: Risk;
  tainted: boolean;
  /** "1 of 3 signed", "6 alike", "first time", "payments decides". */
  notes: string[];
  state: ApprovalState;
  decideBy: string;
  /** It waits on the person who looks. */
  yours: boolean;
  requestedAt: string;
  decidedAt: string | null;
  digest: string;
  /** What it is alike with: one agent, one tool, the same rules, arguments of one shape. */
  group?: string;
  /** Why it cannot be approved with others by one word; null where it can. */
  alone: string | null;
};

/** Requests of one kind, as one line. */
export type QueueGroupRow = { key: string; title: string; agent: string; tool: string; rules: string[]; count: number; yours: number; risk: Risk; decideBy: string };
/** `fresh`: how many were asked since a moment that was named. `decided` counts to a thousand. */
export type QueueCounts = { yours: number; others: number; matching: number; fresh: number; decided: number };
/** A stretch of the queue as it stood at a moment. `left`: what became of rows that were asked after by name. */
export type QueueStretch = { rows: ApprovalRow[]; whole: boolean; /** Null where it was not counted this time. */ counts: QueueCounts | null; groups: QueueGroupRow[] | null; left: ApprovalRow[]; at: string };
export type QueueChoices = { agents: { id: string; name: string }[]; tools: string[]; rules: string[] };
export type SavedViewRow = { id: string; name: string; query: string };

/** How far one word on many has come. `stalled`: whoever worked it off is gone. */
export type BulkProgress = { id: string; verdict: 'approve' | 'deny'; state: 'running' | 'stalled' | 'done' | 'left'; total: number; position: number; recorded: number; failures: { id: string; because: string }[] };
export type BulkWord = { verdict: 'approve'; items: { id: string; digest: string }[]; reason?: string } | { verdict: 'deny'; items?: { id: string; digest: string }[]; all?: { query: string; until: string }; reason?: string };
type Told<T> = Promise<{ ok: true; value: T } | { ok: false; error: { message: string } }>;
export type BulkActs = { begin: (word: BulkWord) => Told<BulkProgress>; look: (id: string) => Told<BulkProgress | undefined>; goOn: (id: string) => Told<BulkProgress | undefined>; leave: (id: string) => Told<BulkProgress | undefined> };
export type ViewActs = { save: (input: { name: string; query: string }) => Told<SavedViewRow[]>; drop: (id: string) => Told<SavedViewRow[]> };

export type Precedent = { id: string; at: string; summary: string; by: string; took?: string; verdict: 'approved' | 'denied' | 'expired' };
export type NearbyStep = { seq: number; step: number; summary: string; tainted: boolean; verdict?: 'allow' | 'deny' | 'ask' | 'untrusted'; here?: boolean };
/** A place to sign, or a signature. */
export type SignatureSlot =
  | { kind: 'policy'; version: string; route: string; at: string }
  | { kind: 'signed'; by: string; at: string; via?: string; narrowed?: boolean }
  /** `instead`: enough in the place of those above it, as it has gone up to them. */
  | { kind: 'open'; who: string; needed: number; yours: boolean; instead?: boolean; escalatesTo?: string; escalatesAt?: string }
  /** Why nobody can meet it as it was asked. */
  | { kind: 'unmet'; sentence: string };

export type ApprovalCardView = {
  id: string;
  title: Sentence;
  state: ApprovalState;
  decideBy: string;
  waitingSince: string;
  session: { id: string; shortId: string; agent: string; state: 'open' | 'lost' | 'paused' | 'stopped' | 'closed'; lostSince?: string; enforcement: 'enforced' | 'cooperative' };
  risk: Risk;
  marks: RiskMark[];
  rule: { sentence: string; id: string; policyVersion: string };
  arguments: ArgumentView[];
  /** Detected secrets in the arguments that are not shown. */
  hiddenSecrets?: HiddenSecrets;
  /** Why it differs from what is usual; null where there is no history to compare with. */
  unusual: string[] | null;
  /** What happens in the world if it runs, and whether it can be taken back. */
  consequence: { sentence: string; undo: string; recallable: boolean };
  /** What approvers made of the arguments, and how they differ from what was asked; absent where nobody changed them. */
  changed?: ChangedView;
  /** 64 hexadecimal digits: what a decision is bound to. */
  digest: string;
  /** With whatever cannot be seen as an escape. */
  rawJson: string;
  agentWords?: string;
  precedents: Precedent[];
  nearby: NearbyStep[];
  signatures: SignatureSlot[];
  /** Where it goes next, and when; absent where it goes nowhere. */
  next?: { tier: number; to: string; at: string } | undefined;
  /** It is asked by this person's own agent, or on their behalf: they may take it back. */
  own?: true;
  may: { approve: true; stepUp: boolean; /** A one-time password is enough for the step-up. */ byCode?: boolean; reasonRequired: boolean; mustOpen: string[] } | { approve: false; because: string; deny: boolean };
};

/** What of a card its form needs: the values themselves are sent once, where they are shown. */
export type DecisionView = Pick<ApprovalCardView, 'id' | 'digest' | 'state' | 'decideBy' | 'title' | 'may'> & { arguments: Pick<ArgumentView, 'path' | 'name'>[] };

export type DecideInput = { approvalId: string; verdict: 'approve' | 'deny'; digest: string; reason?: string; stopSession?: boolean; stepUp?: StepUpAnswer } & Change;

/** Asks for a challenge that a passkey signs: a yes to this approval with exactly these arguments. */
export type BeginApproval = (input: { approvalId: string; digest: string } & Change) => ReturnType<BeginStepUp>;

export type DigestChange = { name: string; before: string; after: string };

/** What became of a press. Only `recorded` changed anything. */
export type DecideResult = DecideOutcome
  /** A denial with a stop, of which not both came about. */
  | { kind: 'in_part'; decision: DecideOutcome; stop: { ok: true } | { ok: false; because: string } };

export type DecideOutcome =
  | { kind: 'recorded' }
  | { kind: 'first_was'; by: string; verdict: 'approved' | 'denied' | 'expired' | 'cancelled' | 'stopped'; secondsBefore: number; reason?: string }
  | { kind: 'stale_digest'; changes: DigestChange[] }
  | { kind: 'step_up_required'; url: string }
  | { kind: 'refused'; because: string; /** Arguments that do not fit, by path. */ issues?: readonly { path: string; message: string }[] }
  | { kind: 'unavailable'; because: string };

export type Decide = (input: DecideInput) => Promise<DecideResult>;

export const isOpen = (state: ApprovalState) => state.kind === 'pending' || state.kind === 'partially_approved';
