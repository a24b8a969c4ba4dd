import { cache } from 'react';
import type { QueueAsk } from '@/components/approvals/queue-address';
import type { QueueStretch } from '@/components/approvals/view';
import { approvalsByIds, listDecided, queueFor } from '@/lib/approvals';
import type { Actor } from '@/lib/context';
import { waitingCounts } from '../frame-facts';
import { approvalRow, groupRow } from './card-view';
import { filterOf } from './queue-filter';
import { mayDecide } from './may-decide';

type Person = Extract<Actor, { kind: 'person' }>;
/** `after`: the place of the row before the stretch; `since`: a moment after which what was asked is counted; `also`: rows to be told of whatever became of them. */
export type StretchAsk = { ask: QueueAsk; after?: string | undefined; limit?: number; since?: Date | undefined; also?: readonly string[]; /** Without, only rows are read: what is counted may be of a moment ago. */ counted?: boolean };

/** As many rows as a page brings along; more are read as the list is scrolled. */
export const STRETCH = 60;

/** A stretch of the queue as this person sees it, with how much there is around it. */
export async function queueStretch(person: Person, { ask, after, limit = STRETCH, since, also = [], counted = true }: StretchAsk): Promise<QueueStretch> {
  const at = new Date();
  const filter = filterOf(ask);
  const decided = ask.show === 'decided';
  const queue = queueFor(person, at);
  const [rows, counts, groups, left] = await Promise.all([
    decided
      ? listDecided({ filter: { ...(filter.agentId !== undefined && { agentId: filter.agentId }), ...(filter.tool !== undefined && { tool: filter.tool }) }, limit, ...(after !== undefined && { after: after.slice(after.indexOf('.') + 1) }) })
        .then((list) => list.map((approval) => approvalRow(approval, mayDecide(person, approval, at))))
      : queue.read({ filter, order: ask.sort, limit, ...(after !== undefined && { after }) }).then((list) => list.map((approval) => approvalRow(approval, mayDecide(person, approval, at)))),
    counted ? queue.count(filter, since ?? at) : null,
    ask.grouped && !decided ? queue.groups(filter).then((list) => list.map(groupRow)) : null,
    approvalsByIds(also).then((list) => list.map((approval) => approvalRow(approval, mayDecide(person, approval, at)))),
  ]);
  return { rows, whole: rows.length < limit, counts, groups, left, at: at.toISOString() };
}

/** What the approvals' pages begin with, once a request. */
export const firstStretch = cache(async (person: Person): Promise<QueueStretch> => {
  const [stretch, counts] = await Promise.all([queueStretch(person, { ask: { show: 'yours', sort: 'left', grouped: false, search: '' }, counted: false }), waitingCounts(person)]);
  return { ...stretch, counts };
});
