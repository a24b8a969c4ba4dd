import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { Context } from '@/lib/context';
import { databaseTime, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { publicKeyText } from '@/lib/signing';
import type { VerificationKey } from '@/lib/protocol/ed25519-key';
import { carryOut, markOf } from './carry-out';
import { retireDrillAgent } from './drill-agent';
import { finishDrill } from './finish-drill';
import { lastAskedAt } from './queries';
import { readDrills, type DrillRow } from './rows';
import { isDue, lostBy } from './rules';
import { runDrill } from './run-drill';
import { killMarked } from './signs-of-life';
import type { Programs } from './start-rogue';
import { keepOn, takeUp, type Keeper } from './take-up';

export type KeepDrills = {
  ctx: Context; logger: Logger;
  /** Where agents reach the gateway, and supervisors control. */
  gatewayUrl: string; controlUrls: readonly string[];
  controlKeys: () => Iterable<VerificationKey>;
  leaseMs: number;
  /** How often one is run by itself; 0: never. */
  everyDays: number;
  programs?: Programs;
};

const LOOK_MS = 1_000;

/**
 * Carries drills out: those that people ask for, and one by itself every so many days. It is a job like others (`run`, `wakes`). What a
 * worker before it was carrying out when it was ended is closed as failed, and what that left behind is killed.
 */
export class DrillKeeper {
  readonly name = 'carry out drills';
  readonly #me: Keeper = { id: newId(), host: hostname() };
  #running: { drillId: string; over: Promise<void>; end: AbortController } | undefined;
  #stopped = false;

  constructor(private readonly options: KeepDrills) {}

  wakes(channel: string, payload: Record<string, unknown>): boolean { return channel === 'cs_switch' && 'drillId' in payload; }

  /** One look at what is asked for; resolves to the milliseconds until the next. */
  async run(): Promise<number> {
    const { ctx, everyDays, leaseMs } = this.options;
    if (this.#stopped) return LOOK_MS;
    if (this.#running) {
      if (!(await keepOn(this.#running.drillId, this.#me))) this.#running.end.abort();
      return LOOK_MS;
    }
    const [row] = await readDrills(sql, 'WHERE turn = 1');
    if (!row) {
      if (everyDays > 0 && isDue(await lastAskedAt(), everyDays, await databaseTime(sql))) await runDrill(ctx);
      return 30 * LOOK_MS;
    }
    const lost = lostBy(row, await databaseTime(sql));
    if (lost) await this.#close(row, lost);
    else if (row.state === 'asked' && (await takeUp(row.id, this.#me, leaseMs))) this.#start(row.id);
    return LOOK_MS;
  }

  /** Ends what is being carried out, and closes it as cut short. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#running?.end.abort();
    await this.#running?.over;
  }

  #start(drillId: string): void {
    const { ctx, logger, gatewayUrl, controlUrls, controlKeys, programs } = this.options;
    const end = new AbortController();
    const controlPin = [...controlKeys()].slice(0, 2).map((key) => publicKeyText(key.jwk)).join(',');
    const work = async () => {
      try {
        await carryOut({ ctx, drillId, gatewayUrl, controlUrls, controlPin, signal: end.signal, ...(programs ? { programs } : {}) });
        await finishDrill(ctx, drillId);
      } catch (error) {
        if (!end.signal.aborted) logger.error({ err: error, drillId }, 'a drill could not be carried out');
        await finishDrill(ctx, drillId, end.signal.aborted ? interrupted('Its worker was stopped in the middle, so it proves nothing.') : { verdict: 'failed', interrupted: false, said: 'It could not be carried out to the end; the worker’s log says why.' })
          .catch((failure: unknown) => logger.warn({ err: failure, drillId }, 'a drill ended and that could not be noted; the next worker closes it'));
      } finally {
        this.#running = undefined;
      }
    };
    this.#running = { drillId, end, over: work() };
  }

  async #close(row: DrillRow, lost: 'its worker' | 'everybody'): Promise<void> {
    const { ctx, logger } = this.options;
    if (lost === 'everybody') { await finishDrill(ctx, row.id, { verdict: 'not_run', interrupted: false, said: 'No worker took it up within five minutes.' }); return; }
    const left = killMarked(markOf(row.id));
    await retireDrillAgent(ctx);
    logger.warn({ drillId: row.id, left }, 'a drill was ended in the middle; what it left behind is killed');
    await finishDrill(ctx, row.id, interrupted('Its worker ended in the middle, so it proves nothing.'));
  }
}

const interrupted = (said: string) => ({ verdict: 'failed' as const, interrupted: true, said });
