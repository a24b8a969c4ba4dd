import type { Logger } from 'pino';
import type { Context } from '@/lib/context';
import { prisma, sql } from '@/lib/db';
import { activePolicies } from '@/lib/policies';
import { newId } from '@/lib/protocol/ids';
import { publicKeyText } from '@/lib/signing';
import type { VerificationKey } from '@/lib/protocol/ed25519-key';
import { runFolder } from './effects';
import { startFleetProcess, usualCommand, type FleetCommand, type FleetProcess } from './fleet-process';
import { KEPT_FOR_MS, isForgotten, type FleetRow } from './fleet-row';
import { prepareAgents } from './prepare-agents';
import { startDemo } from './start-demo';
import { endRun } from './stop-demo';

export type KeepDemo = {
  ctx: Context;
  logger: Logger;
  dataDir: string;
  /** The gateway's own address, as this machine reaches it. */
  gatewayUrl: string;
  /** Control's public keys, which the agents pin. */
  controlKeys: () => Iterable<VerificationKey>;
  /** Ask for a run at the first round. */
  atBoot?: boolean;
  command?: FleetCommand;
  pace?: number;
};

const LOOK_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Keeps the demo fleet as its row wants it: starts its process, starts it again when it dies, ends it. Of several workers one
 * keeps it, the one that holds the row's lease. It is a job like others (`run`, `wakes`), and is stopped with its worker.
 */
export class DemoKeeper {
  readonly name = 'keep the demo fleet';
  readonly #me = newId();
  #fleet: FleetProcess | undefined;
  #asked = false;
  #failures = 0;
  #notBefore = 0;
  #stopped = false;

  constructor(private readonly options: KeepDemo) {}

  /** The fleet's process, while there is one. */
  get pid(): number | undefined { return this.#fleet?.ended() ? undefined : this.#fleet?.pid; }

  wakes(channel: string): boolean { return channel === 'cs_demo'; }

  /** One look at the row, and whatever it takes; resolves to the milliseconds until the next. */
  async run(): Promise<number> {
    if (this.#stopped) return LOOK_MS;
    if (this.options.atBoot && !this.#asked) {
      await startDemo(this.options.ctx);
      this.#asked = true;
    }
    const row = await this.#read();
    if (!row?.wanted) { await this.#end(); return LOOK_MS; }
    if (!this.#fleet && isForgotten(row)) {
      await endRun(this.options.ctx, row.runId, 'no worker kept it for a while');
      return LOOK_MS;
    }
    if (this.#fleet && this.#fleet.runId !== row.runId) await this.#end();
    if (!(await this.#claim(row))) { await this.#end(); return LOOK_MS; }
    if (this.#fleet?.ended()) this.#fleet = undefined;
    if (!this.#fleet && performance.now() >= this.#notBefore) await this.#start(row);
    return LOOK_MS;
  }

  /** Ends the fleet and, where this worker kept it, its run: it comes back when somebody asks for it, not by itself. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const runId = this.#fleet?.runId;
    await this.#end();
    if (runId !== undefined) await endRun(this.options.ctx, runId, 'its worker stopped').catch(() => {});
  }

  async #start(row: FleetRow): Promise<void> {
    const { ctx, logger, dataDir, gatewayUrl } = this.options;
    const { agents, leftOut } = await prepareAgents(ctx);
    if (leftOut.length > 0) logger.warn({ leftOut }, 'simulated agents that are disabled stay out of the demo');
    if (agents.length === 0) return this.#trouble(row.runId, 'All simulated agents are disabled. Enable one of them, then it runs.');
    const pin = [...this.options.controlKeys()].slice(0, 2).map((key) => publicKeyText(key.jwk)).join(',');
    const domain = (await activePolicies())?.organisation.domains[0] ?? 'example.org';
    const config = { runId: row.runId, seed: row.seed, url: gatewayUrl, folder: runFolder(dataDir, row.runId), domain, pace: this.options.pace ?? 1, agents, ...(pin ? { controlPin: pin } : {}) };
    const since = performance.now();
    let over: string | undefined;
    this.#fleet = startFleetProcess(config, this.options.command ?? usualCommand(), {
      message: (message) => {
        if (message.kind === 'over') over = message.why;
        else void this.#atWork(row.runId).catch(() => {});
      },
      end: () => void this.#ended(row.runId, over, performance.now() - since).catch((error: unknown) => logger.warn({ err: error }, 'the demo fleet ended and that could not be noted')),
    });
    logger.info({ runId: row.runId, seed: row.seed, agents: agents.length }, 'the demo fleet is started; its agents are simulated');
  }

  async #ended(runId: string, over: string | undefined, lastedMs: number): Promise<void> {
    if (this.#stopped || this.#fleet?.runId !== runId) return;
    if (over !== undefined) { await endRun(this.options.ctx, runId, over); return; }
    // Died: it is started again, the sooner the longer it lived.
    this.#failures = lastedMs > LONGEST_PAUSE_MS ? 1 : this.#failures + 1;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, 250 * 2 ** this.#failures);
    this.#notBefore = performance.now() + pauseMs;
    this.options.logger.warn({ runId, pauseMs, log: `${runFolder(this.options.dataDir, runId)}/fleet.log` }, 'the demo fleet died and is started again');
    await this.#trouble(runId, 'Its process ended and is started again. Its words are in fleet.log.');
  }

  async #end(): Promise<void> {
    const fleet = this.#fleet;
    this.#fleet = undefined;
    this.#failures = 0;
    this.#notBefore = 0;
    await fleet?.stop();
  }

  async #read(): Promise<FleetRow | undefined> {
    const [row] = await sql.rows<FleetRow>('SELECT run_id AS "runId", seed, wanted, asked_at AS "askedAt", kept_until AS "keptUntil", clock_timestamp() AS now FROM demo_fleet WHERE id = 1');
    return row;
  }

  /** Takes or renews the lease; false when another worker holds it. */
  async #claim(row: FleetRow): Promise<boolean> {
    const claimed = await sql.rows(
      `UPDATE demo_fleet SET keeper = $1, kept_until = clock_timestamp() + make_interval(secs => $3) WHERE id = 1 AND wanted AND run_id = $2 AND (keeper IS NULL OR keeper = $1 OR kept_until IS NULL OR kept_until < clock_timestamp()) RETURNING 1`,
      [this.#me, row.runId, KEPT_FOR_MS / 1_000],
    );
    return claimed.length > 0;
  }

  #atWork = (runId: string) => prisma().demoFleet.updateMany({ where: { id: 1, runId, wanted: true }, data: { startedAt: new Date(), trouble: null } });
  #trouble = async (runId: string, trouble: string): Promise<void> => { await prisma().demoFleet.updateMany({ where: { id: 1, runId, wanted: true }, data: { startedAt: null, trouble } }); };
}
