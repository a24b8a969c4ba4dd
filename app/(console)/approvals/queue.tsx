import { ApprovalQueue, type QueueFilter } from '@/components/approvals/approval-queue';
import { countApprovals, listApprovals } from '@/lib/approvals';
import type { Actor } from '@/lib/context';
import { waitingApprovals, yours } from '../frame-facts';
import { LiveEmpty } from '../live-empty';
import { approvalRow } from './card-view';
import { mayDecide } from './may-decide';

export type Person = Extract<Actor, { kind: 'person' }>;

export const readFilter = (show: string | string[] | undefined): QueueFilter => (show === 'others' || show === 'decided' ? show : 'yours');

/** The rows of a queue for one person, in the order in which they run out. */
export async function queueRows(person: Person, filter: QueueFilter) {
  if (filter === 'decided') return (await listApprovals({ state: 'decided', limit: 100 })).map((approval) => approvalRow(approval, mayDecide(person, approval)));
  const waiting = await waitingApprovals();
  const rows = waiting.map((approval) => approvalRow(approval, mayDecide(person, approval)));
  return filter === 'others' ? rows.filter((row) => !row.yours) : rows;
}

export async function Queue({ person, filter, selectedId }: { person: Person; filter: QueueFilter; selectedId?: string }) {
  const [rows, waiting, counted] = await Promise.all([queueRows(person, filter), waitingApprovals(), countApprovals()]);
  const mine = yours(person, waiting).length;
  return (
    <ApprovalQueue rows={rows} counts={{ yours: mine, others: waiting.length - mine, decided: counted.decided }} filter={filter} selectedId={selectedId}
      empty={filter === 'decided' ? <p className="text-13 text-text-3">Nothing was ever asked here.</p> : <LiveEmpty title={filter === 'yours' ? 'Nothing needs you.' : 'Nothing waits on others.'} />} />
  );
}
