import type { Sql } from '@/lib/db';
import { notFound } from '@/lib/errors';
import type { RecordedActor } from '@/lib/context';
import { newId } from '@/lib/protocol/ids';
import type { RotaSource } from './schema';

export type LockedRota = { id: string; name: string; source: RotaSource; now: Date };

/** Locked, so that who is on call is changed by one at a time; with the database's clock, read after. */
export async function lockRota(tx: Sql, rotaId: string): Promise<LockedRota> {
  const [rota] = await tx.rows<Omit<LockedRota, 'now'>>('SELECT id, name, source FROM on_call_rota WHERE id = $1 AND archived_at IS NULL FOR UPDATE', [rotaId]);
  if (!rota) throw notFound('There is no such rota.');
  const [clock] = await tx.rows<{ now: Date }>('SELECT clock_timestamp() AS now');
  return { ...rota, now: clock!.now };
}

export const onCallNow = `s.from_at <= clock_timestamp() AND s.ended_at IS NULL AND (s.until_at IS NULL OR s.until_at > clock_timestamp())`;

export const whoIsOn = async (tx: Sql, rotaId: string): Promise<string[]> =>
  (await tx.rows<{ personId: string }>(`SELECT DISTINCT s.person_id AS "personId" FROM on_call_shift s WHERE s.rota_id = $1 AND ${onCallNow}`, [rotaId])).map((row) => row.personId);

export async function endShifts(tx: Sql, rota: LockedRota, personIds: readonly string[]): Promise<void> {
  await tx.rows(`UPDATE on_call_shift s SET ended_at = $3 WHERE s.rota_id = $1 AND s.person_id = ANY($2::uuid[]) AND s.ended_at IS NULL AND (s.until_at IS NULL OR s.until_at > $3)`, [rota.id, [...personIds], rota.now]);
}

export async function beginShift(tx: Sql, rota: LockedRota, personId: string, { until, by, reason }: { until: Date | null; by: RecordedActor; reason: string | null }): Promise<void> {
  await tx.rows('INSERT INTO on_call_shift (id, rota_id, person_id, from_at, until_at, given_by, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)', [newId(), rota.id, personId, rota.now, until, JSON.stringify(by), reason]);
}
