import { isUnconfirmed } from '@/lib/switches/rules';
import type { OrderDetail } from './view';

export type PropagationRow = {
  sessionId: string; instanceId: string; fenced: number | null; acknowledged: number | null; exited: number | null;
  /** `note`: what it rests on, or what is still missing. */
  now: { word: string; after: number | null; kind: 'done' | 'waiting' | 'unreachable'; note: string | null };
};
export type Propagation = { headline: string; lede: string; confirmed: number; acknowledged: number; lastAcknowledgedMs: number | null; exited: number; total: number; unreachable: number; rows: PropagationRow[]; fencedMs: number | null; confirmedMs: number | null; late: boolean };

const words = { ordered: 'ordered', fenced: 'fenced', acknowledged: 'acknowledged', exited: 'exited', lease_lapsed: 'lease lapsed', unreachable: 'unreachable' } as const;

/** How far an order has come, with times counted from it. What cannot be seen stands first. */
export function propagation({ order, targets, outstandingPermits, propagation: measured }: OrderDetail): Propagation {
  const from = Date.parse(order.issuedAt);
  const after = (at: string | null) => (at === null ? null : Math.max(0, Date.parse(at) - from));
  const fencedMs = measured.fenceMs ?? after(order.fencedAt);
  const rows = targets.map((target): PropagationRow => {
    // A pause asks nothing of the client: that every gateway refuses is all of it.
    const held = order.kind === 'pause' && target.state === 'fenced';
    const isDone = target.confirmedAt !== null || held;
    const { state, times } = target;
    return {
      sessionId: target.sessionId, instanceId: target.instanceId, fenced: state === 'ordered' ? null : fencedMs, acknowledged: after(times.acknowledged), exited: after(times.exited),
      now: { word: held ? 'paused' : words[state], after: isDone ? after(target.at) : null, kind: state === 'unreachable' ? 'unreachable' : isDone ? 'done' : 'waiting', note: note(target) },
    };
  });
  const rank = { unreachable: 0, waiting: 1, done: 2 } as const;
  rows.sort((a, b) => rank[a.now.kind] - rank[b.now.kind] || (a.sessionId < b.sessionId ? -1 : 1));
  const confirmed = rows.filter((row) => row.now.kind === 'done').length;
  const unreachable = rows.filter((row) => row.now.kind === 'unreachable').length;
  const said = rows.flatMap((row) => (row.acknowledged === null ? [] : [row.acknowledged]));
  return {
    headline: headline(order, { total: rows.length, confirmed, unreachable, fenced: fencedMs !== null }) + notYetStopped(order, outstandingPermits), lede: lede(fencedMs, order), confirmed, acknowledged: said.length, lastAcknowledgedMs: measured.p99Ms ?? (said.length > 0 ? Math.max(...said) : null),
    exited: rows.filter((row) => row.exited !== null).length, total: rows.length, unreachable, rows, fencedMs, confirmedMs: after(order.confirmedAt), late: isUnconfirmed(order),
  };
}

function note(target: OrderDetail['targets'][number]): string | null {
  if (target.exitEvidence === 'pidns-empty') return 'no process is left in its namespace';
  if (target.exitEvidence === 'cgroup-empty') return 'no process is left in its cgroup';
  if (target.exitEvidence === 'group-exited') return 'its process group ended; what had left the group nobody saw';
  if (target.confirmedAt === null && target.state === 'acknowledged') return 'its own word; its supervisor has not seen it end';
  return null;
}

function headline(order: OrderDetail['order'], { total, confirmed, unreachable, fenced }: { total: number; confirmed: number; unreachable: number; fenced: boolean }) {
  const { kind, scope, state } = order;
  const word = kind === 'pause' ? 'paused' : 'stopped';
  if (state.state === 'released') return kind === 'pause' ? 'Resumed. What it paused goes on where it stood.' : 'Released. It permits a restart and restarts nothing.';
  // A class of tools holds no session: they go on, without these tools.
  if (scope === 'class') return fenced ? 'Every gateway refuses these tools. Sessions go on without them.' : 'Ordered. Not every gateway refuses these tools yet.';
  if (total === 0) return `Nothing was running there. Whatever starts is born ${word}.`;
  const sessions = `${confirmed} of ${total} ${total === 1 ? 'session' : 'sessions'} confirmed${isUnconfirmed(order) && confirmed < total ? ', and the time for it is over' : ''}.`;
  if (unreachable > 0) return `${sessions} ${unreachable} ${unreachable === 1 ? 'is' : 'are'} unreachable.`;
  return confirmed === total ? (total === 1 ? `The session is confirmed ${word}.` : `All ${total} sessions are confirmed ${word}.`) : sessions;
}

/** A permit that is still good can be used without asking anybody, so until it ends nobody says that all has stopped. */
function notYetStopped({ state }: OrderDetail['order'], calls: OrderDetail['outstandingPermits']) {
  const count = calls.filter((call) => call.startedAt === null).length;
  return count === 0 || state.state === 'released' ? '' : ` ${count} ${count === 1 ? 'permit is' : 'permits are'} not yet stopped.`;
}

function lede(fencedMs: number | null, order: OrderDetail['order']) {
  if (order.state.state === 'released') return `The ${order.kind} held until then; its record stays.`;
  const fence = fencedMs === null ? 'Ordered. Waiting for every gateway to say that it refuses.' : `No gateway lets it act since ${(fencedMs / 1000).toFixed(3)} s after the order.`;
  return isUnconfirmed(order) ? `${fence} What is not confirmed may still be running: end it where it runs.` : fence;
}
