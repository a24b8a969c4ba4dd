import type { ArgumentView } from '@/components/ui/argument-viewer';
import type { HiddenSecrets } from '@/components/payloads/reveal-secrets';
import type { BeginStepUp } from '@/components/access/use-step-up';
import type { StepUpAnswer } from '@/lib/access/schema';
import type { Sentence } from '@/components/ui/sentence';

export type Risk = 'low' | 'medium' | 'high' | 'critical';
export type RiskMark = 'irreversible' | 'external' | 'tainted' | 'first_time' | 'money' | 'many_records';

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
};

export type Precedent = { id: string; at: string; summary: string; by: string; took?: string; verdict: 'approved' | 'denied' | 'expired' };
export type NearbyStep = { seq: number; step: number; summary: string; tainted: boolean; verdict?: 'allow' | 'deny' | 'ask' | 'untrusted'; here?: boolean };
/** A place to sign, or a signature. */
export type SignatureSlot =
  | { kind: 'policy'; version: string; route: string; at: string }
  | { kind: 'signed'; by: string; at: string; via?: string; narrowed?: boolean }
  | { kind: 'open'; who: string; needed: number; yours: boolean; escalatesTo?: string; escalatesAt?: string };

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
  /** 64 hexadecimal digits: what a decision is bound to. */
  digest: string;
  rawJson: string;
  agentWords?: string;
  precedents: Precedent[];
  nearby: NearbyStep[];
  signatures: SignatureSlot[];
  may: { approve: true; stepUp: boolean; /** A one-time password is enough for the step-up. */ byCode?: boolean; reasonRequired: boolean; mustOpen: string[] } | { approve: false; because: string; deny: boolean };
};

export type DecideInput = { approvalId: string; verdict: 'approve' | 'deny'; digest: string; reason?: string; stopSession?: boolean; stepUp?: StepUpAnswer };

/** Asks for a challenge that a passkey signs: a yes to this approval with exactly these arguments. */
export type BeginApproval = (input: { approvalId: string; digest: string }) => ReturnType<BeginStepUp>;

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
  | { kind: 'refused'; because: string }
  | { kind: 'unavailable'; because: string };

export type Decide = (input: DecideInput) => Promise<DecideResult>;

export const isOpen = (state: ApprovalState) => state.kind === 'pending' || state.kind === 'partially_approved';
