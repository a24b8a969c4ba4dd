import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { organisationEvent, write } from '@/lib/log';
import { lockFleet, tellWorkers } from './fleet-row';

export type StoppedDemo = { runId: string | null; /** False where nothing ran. */ stopped: boolean };

/** Ends the demo fleet's run: its sessions are closed and what they had asked is withdrawn. Its effects stay to be looked at. */
export async function stopDemo(ctx: Context): Promise<StoppedDemo> {
  authorise(ctx, 'demo.run');
  return endRun(ctx, undefined, 'it was stopped');
}

/** The same by the worker itself, for the run that it means and no later one; `why` goes on record. */
export function endRun(ctx: Context, meant: string | undefined, why: string): Promise<StoppedDemo> {
  return write<StoppedDemo>(ctx, async (tx) => {
    const row = await lockFleet(tx);
    if (!row?.wanted || (meant !== undefined && row.runId !== meant)) return { view: { runId: row?.runId ?? null, stopped: false }, unchanged: true };
    await tx.demoFleet.update({ where: { id: 1 }, data: { wanted: false, startedAt: null, keptUntil: null, keeper: null, trouble: null } });
    await tellWorkers(tx);
    return { view: { runId: row.runId, stopped: true }, events: [organisationEvent('demo.stopped', { runId: row.runId, why })] };
  });
}
