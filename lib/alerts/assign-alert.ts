import { authorise, loadActor, may } from '@/lib/access';
import { recordedActor, type Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { forbidden, invalid } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { lockForStep, ofAgent } from './alert-rows';
import { assignAlertSchema } from './schema';

/** Gives an alert to somebody who may handle it: to oneself where nobody is named. Whoever had it before has it no longer. */
export async function assignAlert(ctx: Context, input: unknown): Promise<{ alertId: string; state: 'assigned'; to: string }> {
  authorise(ctx, 'alert.handle');
  const { alertId, to = ownId(ctx) } = parseInput(assignAlertSchema, input);
  await requireHandler(ctx, to);
  return sqlTransaction(async (tx) => {
    const alert = await lockForStep(tx, alertId, 'assign');
    await tx.rows(`UPDATE alert SET state = 'assigned', assigned_at = clock_timestamp(), assigned_by = $2, assigned_to = $3 WHERE id = $1`, [alertId, JSON.stringify(recordedActor(ctx.actor)), to]);
    await record(tx, ctx, [organisationEvent('alert.assigned', { alertId, rule: alert.rule, to }, ofAgent(alert.agentId))]);
    return { alertId, state: 'assigned', to };
  });
}

function ownId({ actor }: Context): string {
  if (actor.kind !== 'person') throw forbidden('Say to whom ("to"): an alert is assigned to a person.');
  return actor.id;
}

async function requireHandler(ctx: Context, personId: string): Promise<void> {
  const person = await loadActor(personId, 'console', ctx.now());
  if (!person || !may(person, 'alert.handle')) throw invalid('An alert is assigned to an active person who may handle it.', [{ path: '/to', message: 'is nobody who may handle alerts' }]);
}
