import { sql } from '@/lib/db';
import { parseInput } from '@/lib/parse-input';
import { idSchema } from '@/lib/protocol/primitives';
import type { BulkView } from './decide-many-schema';
import type { Person } from './signatures';

/** Nobody has moved it for so long, so nobody is at it (milliseconds). */
export const STALLED_MS = 10_000;
/** Failures are told one by one up to so many. */
const TOLD = 200;

type Row = Omit<BulkView, 'startedAt' | 'state'> & { startedAt: Date; state: 'running' | 'done' | 'left'; idleMs: number };
const VIEW = `SELECT id, verdict, state, total, position, recorded, started_at AS "startedAt", extract(epoch FROM clock_timestamp() - moved_at)::float * 1000 AS "idleMs",
  coalesce((SELECT jsonb_agg(f) FROM (SELECT f FROM jsonb_array_elements(failures) f LIMIT ${TOLD}) x), '[]') AS failures FROM bulk_decision`;

const toView = ({ idleMs, ...row }: Row): BulkView => ({ ...row, state: row.state === 'running' && idleMs > STALLED_MS ? 'stalled' : row.state, startedAt: row.startedAt.toISOString() });

/** A person's own word on many, and how far it has come. */
export async function readBulk(person: Person, id: string): Promise<BulkView | undefined> {
  const [row] = await sql.rows<Row>(`${VIEW} WHERE id = $1 AND person_id = $2`, [parseInput(idSchema, id), person.id]);
  return row && toView(row);
}

/** What a person has under way, so that a page that was left finds it again. */
export async function runningBulk(person: Person): Promise<BulkView | undefined> {
  const [row] = await sql.rows<Row>(`${VIEW} WHERE person_id = $1 AND state = 'running' ORDER BY started_at DESC LIMIT 1`, [person.id]);
  return row && toView(row);
}
