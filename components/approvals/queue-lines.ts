import type { QueueShow } from './queue-address';
import { isOpen, type ApprovalRow, type QueueGroupRow } from './view';

type Row = Pick<ApprovalRow, 'id' | 'yours' | 'state'>;
export type Line<R extends Row = ApprovalRow> = { kind: 'row'; key: string; row: R } | { kind: 'part'; key: string } | { kind: 'group'; key: string; group: QueueGroupRow };

/** The list's lines: its rows, and in a list of all the words before those that wait on others alone. One that came to wait on others while the list holds still parts nothing from the rows behind it. */
export function linesOf<R extends Row>(rows: readonly R[], groups: readonly QueueGroupRow[] | null, show: QueueShow): Line<R>[] {
  if (groups) return groups.map((group) => ({ kind: 'group', key: group.key, group }));
  const lines = rows.map((row): Line<R> => ({ kind: 'row', key: row.id, row }));
  const lastYours = rows.findLastIndex((row) => row.yours && isOpen(row.state));
  const others = show === 'yours' ? rows.findIndex((row, index) => index > lastYours && !row.yours && isOpen(row.state)) : -1;
  return others === -1 ? lines : lines.toSpliced(others, 0, { kind: 'part', key: 'part' });
}
