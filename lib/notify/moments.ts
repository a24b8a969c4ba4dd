import { z } from 'zod';
import type { EventType, FollowedEvent, Wanted } from '@/lib/log';
import type { Outcome } from './schema';

/** Something that happened of which somebody may have to be told. */
export type Moment =
  | { kind: 'asked'; approvalId: string; at: string }
  | { kind: 'escalated'; approvalId: string; at: string; tier: number; notify?: string[] | undefined }
  | { kind: 'unmet'; approvalId: string; at: string; because: string }
  | { kind: 'settled'; approvalId: string; at: string; outcome: Outcome; by: string | null }
  | { kind: 'raised'; alertId: string; at: string }
  | { kind: 'closed'; alertId: string; at: string; as: string };

const types = ['approval.requested', 'approval.changed', 'approval.escalated', 'approval.route_unmet', 'approval.granted', 'approval.denied', 'approval.expired', 'approval.cancelled', 'alert.raised', 'alert.closed'] as const satisfies readonly EventType[];

export const wantedEvents = (limit: number): Wanted => ({ types, containing: '"id"', limit });

const ofApproval = z.object({ approvalId: z.string(), tier: z.int().optional(), what: z.string().optional(), notify: z.array(z.string()).optional(), routes: z.array(z.string()).optional() });
const ofAlert = z.object({ alertId: z.string(), as: z.string().optional() });
const outcomeOf: Partial<Record<EventType, Outcome>> = { 'approval.granted': 'approved', 'approval.denied': 'denied', 'approval.expired': 'expired', 'approval.cancelled': 'cancelled' };

/** What an event means for notifications; undefined for one that cannot be read, which the log's own catalogue keeps from happening. */
export function momentOf({ type, data, recordedAt: at, actor }: FollowedEvent): Moment | undefined {
  if (type.startsWith('alert.')) {
    const alert = ofAlert.safeParse(data);
    if (!alert.success) return undefined;
    return type === 'alert.raised' ? { kind: 'raised', alertId: alert.data.alertId, at } : { kind: 'closed', alertId: alert.data.alertId, at, as: alert.data.as ?? 'closed' };
  }
  const approval = ofApproval.safeParse(data);
  if (!approval.success) return undefined;
  const { approvalId } = approval.data;
  if (type === 'approval.requested') return { kind: 'asked', approvalId, at };
  // Arguments that lead to a stricter route ask whom it names: those who were told already are not told again.
  if (type === 'approval.changed') return approval.data.routes && { kind: 'asked', approvalId, at };
  if (type === 'approval.escalated') return { kind: 'escalated', approvalId, at, tier: approval.data.tier ?? 1, notify: approval.data.notify };
  if (type === 'approval.route_unmet') return { kind: 'unmet', approvalId, at, because: approval.data.what ?? 'Too few people fit the route.' };
  const outcome = outcomeOf[type as EventType];
  return outcome && { kind: 'settled', approvalId, at, outcome, by: actor.kind === 'person' ? (actor.name ?? null) : null };
}
