import { authorise } from '@/lib/access';
import type { Context, RecordedActor } from '@/lib/context';
import { sql } from '@/lib/db';
import { onCallNow } from './internal';
import type { RotaHealth, RotaSource, RotaView, ShiftView } from './schema';

type Row = { id: string; name: string; description: string; source: RotaSource; url: string | null; scheduleIds: string[]; goodAt: Date | null; failingSince: Date | null; failure: string | null; unknown: string[] };
type ShiftRow = { rotaId: string; personId: string; name: string; email: string; from: Date; until: Date | null; ended: Date | null; by: RecordedActor; reason: string | null; on: boolean };

const BEFORE = 5;

/** Every rota by name, with who is on call now and who was lately. */
export async function listRotas(ctx: Context): Promise<RotaView[]> {
  authorise(ctx, 'setting.read');
  const [rotas, shifts] = await Promise.all([
    sql.rows<Row>('SELECT id, name, description, source, url, schedule_ids AS "scheduleIds", good_at AS "goodAt", failing_since AS "failingSince", failure, unknown FROM on_call_rota WHERE archived_at IS NULL ORDER BY name'),
    sql.rows<ShiftRow>(
      `SELECT * FROM (
         SELECT s.rota_id AS "rotaId", s.person_id AS "personId", n.name, n.email, s.from_at AS "from", s.until_at AS "until", coalesce(s.ended_at, s.until_at) AS ended, s.given_by AS by, s.reason, (${onCallNow} AND n.state = 'active') AS "on",
           row_number() OVER (PARTITION BY s.rota_id, (${onCallNow}) ORDER BY s.from_at DESC, s.id) AS place
         FROM on_call_shift s JOIN person n ON n.id = s.person_id) x WHERE x."on" OR x.place <= ${BEFORE} ORDER BY x."from" DESC`),
  ]);
  return rotas.map(({ url, goodAt, failingSince, failure, ...rota }) => {
    const own = shifts.filter((shift) => shift.rotaId === rota.id);
    return {
      ...rota, asks: rota.source === 'webhook' ? hostOf(url) : rota.source === 'pagerduty' ? `PagerDuty, ${(url ?? 'us').toUpperCase()}` : null,
      now: own.filter(({ on }) => on).map(shiftView), before: own.filter(({ on, ended }) => !on && ended !== null).map((shift) => ({ ...shiftView(shift), ended: shift.ended!.toISOString() })).slice(0, BEFORE),
      health: healthOf(rota.source, goodAt, failingSince, failure),
    };
  });
}

const shiftView = ({ personId, name, email, from, until, by, reason }: ShiftRow): ShiftView => ({ personId, name, email, from: from.toISOString(), until: until?.toISOString() ?? null, givenBy: by.name ?? by.id, reason });

function healthOf(source: RotaSource, goodAt: Date | null, failingSince: Date | null, failure: string | null): RotaHealth {
  if (source === 'hand_over') return { kind: 'by_hand' };
  if (failingSince) return { kind: 'failing', since: failingSince.toISOString(), because: failure ?? 'it gave no reason', lastGoodAt: goodAt?.toISOString() ?? null };
  return goodAt ? { kind: 'good', at: goodAt.toISOString() } : { kind: 'never_asked' };
}

const hostOf = (url: string | null): string | null => (url !== null && URL.canParse(url) ? new URL(url).host : null);
