import { z } from 'zod';
import type { Context } from '@/lib/context';
import { sqlTransaction, sqlTransactionOnce, type Sql } from '@/lib/db';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { signJwsWith, type KeyProvider } from '@/lib/signing';
import { readHeads } from './checkpoint-rows';
import { organisationEvent } from './event';
import { exportText, type ExportPart } from './export-format';
import { record } from './record';
import type { Checkpoints } from './sign-checkpoint';

export const exportInputSchema = z.strictObject({});
export type ExportInput = z.input<typeof exportInputSchema>;
export type ExportDeps = { checkpoints: Checkpoints; keys: KeyProvider; source: string };
/** What an export holds, known before its first byte. */
export type ExportAbout = { exportId: string; streams: number; events: number; checkpoint: number };

/** Events read at once: enough to keep the database busy, few enough to hold. */
const PAGE = 1_000;

/**
 * Writes the whole log as it stands, in order, to `write`, which holds it back as long as it needs. A checkpoint is made
 * first; everything is read in one snapshot, so that heads and events agree however much is being recorded meanwhile.
 * That it was exported is on record before the first byte. Whoever calls checks the permission `log.export`.
 */
export async function exportLog(ctx: Context, deps: ExportDeps, input: unknown, write: (chunk: Buffer, about: ExportAbout) => Promise<void>): Promise<ExportAbout> {
  parseInput(exportInputSchema, input);
  const exportId = newId();
  await deps.checkpoints.sign(ctx);
  return sqlTransactionOnce(async (tx) => {
    await tx.rows('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const about = { exportId, ...(await countCovered(tx)) };
    // In a transaction of its own: it must stand whatever becomes of the export, and this one only reads.
    await sqlTransaction((other) => record(other, ctx, [organisationEvent('log.exported', { exportId, streams: about.streams, events: about.events })]));
    const sign = (typ: string, payload: object) => signJwsWith(deps.keys, 'checkpoint', typ, payload);
    for await (const chunk of exportText({ parts: partsUpTo(tx, about.checkpoint), exportedAt: ctx.now(), source: deps.source, sign })) await write(chunk, about);
    return about;
  });
}

async function countCovered(tx: Sql): Promise<Omit<ExportAbout, 'exportId'>> {
  const [row] = await tx.rows<{ streams: number; events: number; checkpoint: number }>(
    'SELECT count(*)::int AS streams, coalesce(sum(seq), 0)::float8 AS events, (SELECT max(idx)::int FROM log.checkpoint) AS checkpoint FROM log.covered',
  );
  return row!;
}

/** Segment by segment: what each checkpoint covers that the one before did not. */
async function* partsUpTo(tx: Sql, last: number): AsyncGenerator<ExportPart> {
  const ends = new Map<string, number>();
  for (let after = 0; after < last;) {
    const [row] = await tx.rows<{ idx: number; jws: string; heads: string }>('SELECT idx::int, jws, heads FROM log.checkpoint WHERE idx > $1 ORDER BY idx LIMIT 1', [after]);
    if (!row) return;
    after = row.idx;
    const heads = readHeads(row.heads);
    yield* eventsOf(tx, heads.map(({ stream, seq }) => ({ stream, from: (ends.get(stream) ?? 0) + 1, to: seq })));
    if (after === last) yield* payloadsOf(tx);
    for (const { stream, seq, head } of heads) {
      ends.set(stream, seq);
      yield { kind: 'head', stream, seq, head };
    }
    yield { kind: 'checkpoint', jws: row.jws };
  }
}

type Range = { stream: string; from: number; to: number };

/** The events of these ranges, each stream's in order, as many at once as fit a page. What is not there is left to be missed by who verifies. */
async function* eventsOf(tx: Sql, ranges: readonly Range[]): AsyncGenerator<ExportPart> {
  for (const page of pagesOf(ranges)) {
    const rows = await tx.rows<{ body: string; hash: string }>(
      `SELECT e.body, e.hash FROM unnest($1::text[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS w(stream, first, last, n)
       JOIN log.event e ON e.stream = w.stream AND e.seq BETWEEN w.first AND w.last ORDER BY w.n, e.seq`,
      [page.map((range) => range.stream), page.map((range) => range.from), page.map((range) => range.to)],
    );
    for (const { body, hash } of rows) yield { kind: 'event', body, hash };
  }
}

function* pagesOf(ranges: readonly Range[]): Generator<Range[]> {
  let page: Range[] = [];
  let room = PAGE;
  for (const { stream, from, to } of ranges) {
    for (let first = from; first <= to;) {
      const last = Math.min(to, first + room - 1);
      page.push({ stream, from: first, to: last });
      room -= last - first + 1;
      first = last + 1;
      if (room > 0) continue;
      yield page;
      page = [];
      room = PAGE;
    }
  }
  if (page.length > 0) yield page;
}

/** Whether each sealed text is still there. Never the text. */
async function* payloadsOf(tx: Sql): AsyncGenerator<ExportPart> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = await tx.rows<{ id: string; erased_at: Date | null }>('SELECT id, erased_at FROM payload WHERE id > $1::uuid ORDER BY id LIMIT 5000', [after]);
    for (const { id, erased_at } of rows) yield erased_at ? { kind: 'payload', payloadId: id, status: 'erased', erasedAt: erased_at.toISOString() } : { kind: 'payload', payloadId: id, status: 'sealed' };
    if (rows.length < 5000) return;
    after = rows.at(-1)!.id;
  }
}
