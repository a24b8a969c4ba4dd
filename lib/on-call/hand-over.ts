import { authorise, loadActor, may } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { conflict, forbidden, invalid } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { beginShift, endShifts, lockRota, whoIsOn } from './internal';
import { handOverSchema, type HandOver } from './schema';

/**
 * Hands a rota over, at once and until a moment or the next hand-over. Whoever is on call may, and whoever manages rotas: so that nobody
 * else makes themselves an approver. What somebody took upon themselves doesn't count for what was asked before.
 */
export async function handOver(ctx: Context, input: HandOver): Promise<{ rotaId: string; name: string }> {
  authorise(ctx, 'on_call.hand_over');
  const { rotaId, to, until, reason } = parseInput(handOverSchema, input);
  if (ctx.actor.kind !== 'person') throw forbidden('Handing over takes a person.');
  const me = ctx.actor.id;
  const person = to === null ? null : await loadActor(to, 'console', ctx.now());
  if (person === undefined) throw invalid('/to: is nobody who may act here.', [{ path: '/to', message: 'is nobody who may act here' }]);
  if (person && !may(person, 'approval.decide')) throw invalid(`/to: ${person.name} may not decide about approvals; that takes the role analyst.`, [{ path: '/to', message: 'may not decide about approvals' }]);
  return sqlTransaction(async (tx) => {
    const rota = await lockRota(tx, rotaId);
    if (rota.source !== 'hand_over') throw conflict(`Who is on call for ${rota.name} is said by ${rota.source === 'pagerduty' ? 'PagerDuty' : 'its webhook'}. Change it there.`);
    const on = await whoIsOn(tx, rotaId);
    if (!on.includes(me) && !may(ctx.actor, 'on_call.manage')) throw forbidden(`Whoever is on call for ${rota.name} hands it over, or an administrator does.`);
    const end = until === undefined ? null : new Date(until);
    if (end !== null && end <= rota.now) throw invalid('/until: is over already.', [{ path: '/until', message: 'is over already' }]);
    await endShifts(tx, rota, on);
    if (person) await beginShift(tx, rota, person.id, { until: end, by: recordedActor(ctx.actor), reason });
    await record(tx, ctx, [organisationEvent('on_call.handed_over', { rotaId, name: rota.name, from: on, to: person?.id ?? null, until: end?.toISOString() ?? null, reason })]);
    return { rotaId, name: rota.name };
  });
}
