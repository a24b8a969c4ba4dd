import type { BeginStepUp } from '@/components/access/use-step-up';
import type { StepUpAnswer } from '@/lib/access/schema';
import type { ControlKeyView, EngageInput, HoldView, OrderDetail, OrderView, SwitchReach, SwitchScope } from '@/lib/switches/schema';

/** One thing that could be stopped, and what that would hit. */
export type ScopeChoice = { target: string | null; name: string; reach: SwitchReach; standingOrderId?: string };
export type ScopeView = { scope: SwitchScope; choices: ScopeChoice[]; chosen?: string };

/** An order with the name that people know its target by. */
export type NamedOrder = { order: OrderView; name: string };

/** `code` says whether this device's own key may be tried instead: nobody is signed in any more, or the server could not do it. */
export type EngageResult = { ok: true; orderId: string } | { ok: false; because: string; code: string };
export type Engage = (input: EngageInput) => Promise<EngageResult>;

export type ReleaseResult = { ok: true } | { ok: false; because: string };
type Passkey = Extract<StepUpAnswer, { kind: 'passkey' }>;
export type RequestRelease = (input: { orderId: string; checklist: string[]; reason?: string; stepUp: Passkey }) => Promise<ReleaseResult>;
export type SecondRelease = (input: { orderId: string; stepUp: Passkey }) => Promise<ReleaseResult>;
/** Asks for a challenge that a passkey signs: this order's release, or somebody else's request for it. */
export type BeginRelease = (input: { orderId: string; as: 'requested' | 'seconded' }) => ReturnType<BeginStepUp>;
/** Ends a control key's power; what it has stopped stays stopped. */
export type RevokeControlKey = (keyId: string) => Promise<ReleaseResult>;
/** Lets new sessions of an agent open again before their time. */
export type EndHold = (agentId: string) => Promise<ReleaseResult>;
export type GiveReason = (input: { orderId: string; reason: string }) => Promise<ReleaseResult>;

/** What people call the sessions and instances of an order. */
export type TargetNames = Record<string, { shortId: string; agent: string; instance: string }>;
export type { ControlKeyView, HoldView, OrderDetail, OrderView, SwitchReach, SwitchScope };
