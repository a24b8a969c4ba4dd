import { z } from 'zod';
import { passkeyAnswerSchema } from '@/lib/access/schema';
import { idSchema } from '@/lib/protocol/ids';
import { orderIdSchema as uuidSchema, orderScopes } from '@/lib/protocol/order';
import type { ExitEvidence } from '@/lib/protocol/supervisor';

export const switchKinds = ['stop', 'pause'] as const;
export type SwitchKind = (typeof switchKinds)[number];
export type SwitchScope = (typeof orderScopes)[number];
export { orderScopes };

const environmentSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be an environment name: lower-case letters, digits and dashes');
const targetSchema = z.string().min(1).max(256).regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces');

/** What is stopped, before anybody says by whom or how. `target` is an id (of a class: its name), absent for `global` alone. */
export const coverShape = { scope: z.enum(orderScopes), target: targetSchema.optional(), environment: environmentSchema.optional() };

type Cover = { scope: SwitchScope; target?: string | undefined };
function checkTarget(cover: Cover, issues: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void }): void {
  const refuse = (message: string) => issues.addIssue({ code: 'custom', path: ['target'], message });
  if (cover.scope === 'global') {
    if (cover.target !== undefined) refuse('the scope global takes no target');
  } else if (cover.target === undefined) {
    refuse(`the scope ${cover.scope} needs a target`);
  } else if ((cover.scope === 'session' || cover.scope === 'agent') && !z.guid().safeParse(cover.target).success) {
    refuse(`must be the id of the ${cover.scope}`);
  } else if ((cover.scope === 'session' || cover.scope === 'agent') && cover.target !== cover.target.toLowerCase()) {
    refuse('must be in lower case');
  }
}

export const coverSchema = z.strictObject(coverShape).superRefine(checkTarget);
export type SwitchCover = z.infer<typeof coverSchema>;

/** How long new sessions of the agent may be held with one stop, in minutes; whoever needs longer stops the agent. */
const MAX_HOLD_MINUTES = 60;

/** For so long no new session of the agent opens either. */
const holdMinutesSchema = z.int('must be a whole number of minutes, e.g. 10').min(1).max(MAX_HOLD_MINUTES, `at most ${MAX_HOLD_MINUTES} minutes; to stop it for longer, stop the agent`).optional();

/** The target fits the scope, and a hold is of one session or instance alone: wider scopes hold what is new by themselves. */
function checkEngage(input: Cover & { holdMinutes?: number | undefined }, issues: Parameters<typeof checkTarget>[1]): void {
  checkTarget(input, issues);
  if (input.holdMinutes !== undefined && input.scope !== 'session' && input.scope !== 'instance') issues.addIssue({ code: 'custom', path: ['holdMinutes'], message: `a stop of the scope ${input.scope} holds what is new by itself` });
}

export const engageInputSchema = z.strictObject({
  ...coverShape, reason: z.string().max(2_000).optional(), drill: z.boolean().optional(), holdMinutes: holdMinutesSchema,
}).superRefine(checkEngage);
export type EngageInput = z.infer<typeof engageInputSchema>;

/** A stop that a browser's own key signed: the claim, and the signature over its exact bytes. Nothing else is taken. */
export const signedStopSchema = z.strictObject({
  keyId: idSchema, ...coverShape, holdMinutes: holdMinutesSchema, ts: z.iso.datetime({ offset: false, precision: 3 }),
  nonce: z.string().regex(/^[A-Za-z0-9_-]{22,43}$/, 'must be 16 to 32 random bytes in base64url'),
  signature: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'must be the 64 bytes of r and s in base64url, not DER'),
}).superRefine(checkEngage);
export type SignedStop = z.infer<typeof signedStopSchema>;

/** What a signed stop answers: nothing that its sender could not have known, since nobody is signed in. */
export type StoppedByKey = { order: { id: string; scope: SwitchScope }; standing: boolean; durability: 'database' | 'journal' };

export const reasonInputSchema = z.strictObject({ orderId: uuidSchema, reason: z.string().trim().min(1).max(2_000) });
export const orderIdSchema = z.strictObject({ orderId: uuidSchema });

/** What a person confirms before a stop is undone; every line must be ticked. */
export const releaseChecklist = ['cause_known', 'cause_removed', 'evidence_kept', 'owners_told'] as const;
export const requestReleaseSchema = z.strictObject({ orderId: uuidSchema, checklist: z.array(z.enum(releaseChecklist)), reason: z.string().max(2_000).optional(), stepUp: passkeyAnswerSchema.optional() });
export const secondReleaseSchema = z.strictObject({ orderId: uuidSchema, stepUp: passkeyAnswerSchema.optional() });
/** Whether somebody signs as the one who asks, or as the one who agrees. */
export const signReleaseAsSchema = z.strictObject({ orderId: uuidSchema, as: z.enum(['requested', 'seconded']) });

export const targetStates = ['ordered', 'fenced', 'acknowledged', 'exited', 'lease_lapsed', 'unreachable'] as const;
export type TargetState = (typeof targetStates)[number];

/** Who did something, as kept in a row; never a credential. */
export const rowActorSchema = z.object({ kind: z.string(), id: z.string(), name: z.string().optional(), via: z.string().optional() });
export type RowActor = z.infer<typeof rowActorSchema>;

/** What is kept of a release while it waits: who asked, who else agreed, and when it may go through with one person alone. */
export const pendingReleaseSchema = z.object({
  by: rowActorSchema,
  checklist: z.array(z.string()),
  reason: z.string().nullable(),
  /** How many persons it takes. */
  persons: z.union([z.literal(1), z.literal(2)]),
  /** Set where fewer people may release than the scope asks for: the moment from which one is enough. */
  notBefore: z.iso.datetime().nullable(),
  seconded: z.object({ by: rowActorSchema, at: z.string() }).nullable(),
  breakGlass: z.boolean(),
});
export type PendingRelease = z.infer<typeof pendingReleaseSchema>;

/** Where an order stands. */
export type OrderState =
  | { state: 'engaged' }
  | { state: 'release_requested'; at: string; pending: PendingRelease }
  | { state: 'released'; at: string; epoch: number };

/** That no new session of an agent opens until `until`, unless somebody ended it before. */
export type HoldView = { id: string; agentId: string; orderId: string; placedBy: RowActor; placedAt: string; until: string; endedAt: string | null; endedBy: RowActor | null };
export const endHoldSchema = z.strictObject({ agentId: idSchema });

/** An order as screens and scripts read it. */
export type OrderView = {
  id: string; kind: SwitchKind; scope: SwitchScope; target: string | null; environment: string | null;
  reason: string | null; drill: boolean; issuedAt: string; engagedBy: RowActor; generation: number;
  /** Whether control has signed it yet. An unsigned order stops just as well; agents hear of it once it is signed. */
  signed: boolean;
  orderJws: string | null;
  state: OrderState;
  matched: { sessions: number; instances: number; approvals: number } | null;
  fencedAt: string | null; confirmedAt: string | null;
  /** When the time for confirming it was over and something still was not. */
  unconfirmedAt: string | null;
  /** In the answer to engaging alone: until when new sessions of the agent are held with it. */
  holdUntil?: string;
};

/** When each piece of evidence came; null while it hasn't. */
export type TargetTimes = { ordered: string; fenced: string | null; acknowledged: string | null; exited: string | null; leaseLapsed: string | null; unreachable: string | null };
/** `confirmed`: when what is known proved that it has stopped. `supervised`: a supervisor of ours is to end its process, so that the agent's word alone proves nothing. */
export type OrderTarget = {
  sessionId: string; instanceId: string; state: TargetState; evidence: string | null; at: string;
  times: TargetTimes; confirmedAt: string | null; supervised: boolean; exitEvidence: ExitEvidence | null;
};
/** A call that a stop cannot take back: `startedAt` null while only its permit is out, which ends at `until`. */
export type OutstandingPermit = { tool: string; until: string; startedAt: string | null; sessionId: string; actionId: string };
export type OrderDetail = { order: OrderView; targets: OrderTarget[]; counts: Record<TargetState, number>; outstandingPermits: OutstandingPermit[]; hold: HoldView | null; propagation: { fenceMs: number | null; p50Ms: number | null; p99Ms: number | null } };

/** What a stop would hit, said before anybody presses. */
export type SwitchReach = { sessions: number; instances: number; inTheMiddleOfAWrite: number; approvals: number };

/** A secret that stops within its scopes and environments, and does nothing else; never the secret itself. */
export type ControlKeyView = { id: string; name: string; scopes: string[]; environments: string[]; createdAt: string; revokedAt: string | null };
