import { alertTitle } from '@/components/alerts/words';
import { orderTitle } from '@/components/switches/scope-words';
import { countAlerts, listAlerts } from '@/lib/alerts';
import { shiftFacts } from '@/lib/handover';
import { draftNote } from '@/lib/handover/rules';
import { standingOrders } from '../frame-facts';
import { nameOrders } from '../switches/name-orders';

/** As many alerts as a draft names. */
const NAMED = 15;

/** The draft of a note for the shift that began then. */
export async function shiftDraft(from: Date, now: Date): Promise<string> {
  const [facts, orders, alerts, counts] = await Promise.all([shiftFacts(from, now), standingOrders().then(nameOrders), listAlerts({ tab: 'open', limit: NAMED }), countAlerts(undefined)]);
  return draftNote({
    ...facts, from: from.toISOString(), to: now.toISOString(),
    orders: orders.map(({ order, name }) => ({ what: orderTitle(order, name), kind: order.kind, reason: order.reason, since: order.issuedAt })),
    alerts: { count: counts.open, first: alerts.map((one) => ({ title: alertTitle(one), severity: one.severity, agent: one.agentName })) },
  });
}
