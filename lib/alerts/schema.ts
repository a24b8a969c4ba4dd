import { z } from 'zod';
import type { RecordedActor } from '@/lib/context';
import type { AlertAct, AlertSeverity } from '@/lib/policies/schema';
import { idSchema } from '@/lib/protocol/ids';
import type { Named } from './frameworks';

export const alertStates = ['open', 'acknowledged', 'assigned', 'closed'] as const;
export type AlertStateName = (typeof alertStates)[number];

/** What it turned out to be: a label that its detector and rule are measured by. */
export const closeReasons = ['true', 'benign', 'duplicate'] as const;
export type CloseReason = (typeof closeReasons)[number];

export const actOutcomes = ['done', 'standing', 'withheld', 'over', 'lifted'] as const;
export type ActOutcome = (typeof actOutcomes)[number];

const minute = 60_000;
const noteSchema = z.string().trim().max(500);

export const alertIdSchema = z.strictObject({ alertId: idSchema });
/** To oneself where nobody is named. */
export const assignAlertSchema = z.strictObject({ alertId: idSchema, to: idSchema.optional() });
export const closeAlertSchema = z.strictObject({ alertId: idSchema, as: z.enum(closeReasons), note: noteSchema.optional() });
export const muteAlertsSchema = z.strictObject({ alertId: idSchema, forMs: z.int().min(5 * minute).max(30 * 24 * 60 * minute), why: noteSchema.min(1, 'must say why') });
export const muteIdSchema = z.strictObject({ muteId: idSchema });

const evidenceSchema = z.object({
  seq: z.number(), type: z.string(), at: z.string(), severity: z.string(), path: z.string().optional(), span: z.tuple([z.number(), z.number()]).optional(),
  /** How often the detector saw it at this very place of the event. */
  times: z.number(),
});
/** Where in the record it was seen: an event's number, the place in its text. Never the text. */
export type Evidence = z.infer<typeof evidenceSchema>;
export const evidenceListSchema = z.array(evidenceSchema);

export type AlertState =
  | { kind: 'open' }
  | { kind: 'acknowledged'; at: string; by: RecordedActor }
  | { kind: 'assigned'; at: string; by: RecordedActor; to: { id: string; name: string } }
  | { kind: 'closed'; at: string; by: RecordedActor; as: CloseReason; note: string | null };

/** That nobody is called by this rule for this agent. */
export type MuteView = { id: string; until: string; by: RecordedActor; why: string };

/** What a rule did at once, or is about to (`outcome` null). */
export type ActView = { act: AlertAct; seq: number; dueAt: string; doneAt: string | null; outcome: ActOutcome | null; orderId: string | null };

/** An alert as a list shows it. */
export type AlertView = {
  id: string; rule: string; severity: AlertSeverity; act: AlertAct; detector: string; kind: string;
  agentId: string | null; agentName: string | null; sessionId: string | null; sessionShortId: string | null; sessionState: string | null; simulated: boolean;
  /** What it is about where that is no session but this installation itself, as people call it. */
  about: string | null;
  state: AlertState; mute: MuteView | null; count: number; firstAt: string; lastAt: string; raisedAt: string;
  atlas: Named[]; owasp: Named[];
};

/** And with everything that is known of it. */
export type AlertDetail = AlertView & { evidence: Evidence[]; acts: ActView[]; previous: { id: string; as: CloseReason | null } | null };

/** Open: nobody has closed it, and nothing mutes it. */
export const alertTabs = ['open', 'mine', 'muted', 'closed', 'all'] as const;
export type AlertTab = (typeof alertTabs)[number];

export type AlertFilter = { tab: AlertTab; state?: AlertStateName | undefined; severity?: AlertSeverity | undefined; agentId?: string | undefined; sessionId?: string | undefined; rule?: string | undefined; detector?: string | undefined };

/** How often what a rule made of a detector's findings was right. */
export type RuleLabels = { rule: string; detector: string; kind: string; true: number; benign: number; duplicate: number; unlabelled: number };
