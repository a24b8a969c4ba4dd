import type { StdioOptions } from 'node:child_process';
import { newId, type Containment, type ExitEvidence, type Halted, type OnControlLoss, type Order } from '@/lib/protocol';
import { readControlPin } from '../control-pin';
import { type CountersignError, InvalidRequest } from '../errors';
import { TypedEvents } from '../typed-events';
import { ContainedProcess } from './contained-process';
import { type Confinement, planContainment, type ContainmentPlan } from './containment';
import type { About } from './control-link';
import { ControlLinks } from './control-links';
import { readControlUrls } from './control-urls';
import { childEnvironment, coversProcess, type Environment } from './rules';

export type SuperviseOptions = {
  /** Control's address, e.g. "https://control.example.org"; where several control processes run, the address of each, as a list or with commas between them. */
  controlUrl: string | readonly string[];
  /** A supervisor key of the agent (csk_sup_…). Keep it out of every environment that the command could read. */
  key: string;
  /** The key of control, given out of band: only what it signed counts. */
  controlPin: string;
  /** The deployment's id, the same after every restart: a stop on it must find it again. The agent's client takes it from COUNTERSIGN_INSTANCE_ID. */
  instanceId: string;
  command: readonly string[];
  /** Refuse stops for another agent, or another environment, whatever control says this one is. */
  agentId?: string;
  environment?: string;
  /** What happens when control is silent for longer than the lease: everything is killed (default), or stands still until control is back. */
  onControlLoss?: OnControlLoss;
  confinement?: Confinement;
  /** How long the end of the process is kept for a control that is away, in milliseconds; 30,000 unless given. */
  reportWithinMs?: number;
  env?: Environment;
  cwd?: string;
  stdio?: StdioOptions;
};

/** How it ended. `stopped`: by an order; `control_lost`: control was silent; `exited`: by itself or by `end()`; none of them is a reason to start it again by itself. */
export type SuperviseEnd = { why: 'exited' | 'stopped' | 'control_lost'; orderId: string | null; started: boolean; code: number | null; signal: NodeJS.Signals | null; evidence: ExitEvidence; reported: boolean };

export type SupervisorEvents = {
  started: { pid: number; containment: Containment; by: ContainmentPlan['by'] };
  unenforced: { what: string };
  orderRefused: { why: string };
  halted: { order: Order };
  /** One control process is out of reach, or refuses; told once until that changes. The others are still listened to. */
  controlDown: { url: string; why: CountersignError | undefined };
  /** One control process has answered a renewal. */
  controlUp: { url: string };
  paused: Record<never, never>;
  resumed: Record<never, never>;
};

const REPORT_WITHIN_MS = 30_000;
/** What is asked to end gets this long before it is killed (milliseconds). */
const GRACE_MS = 10_000;

/**
 * Holds one command so that it can be stopped whatever it does: starts it in a namespace of its own once control has said that nothing stands
 * against it, kills all of it on a stop that control signed or when control is silent for longer than the lease, and never starts it again.
 */
export class Supervisor extends TypedEvents<SupervisorEvents> {
  /** Resolves when nothing is left of the command and control knows, or could not be told in time. Rejects when it could not be started or control refuses the key. */
  readonly done: Promise<SuperviseEnd>;
  readonly #links: ControlLinks;
  #process: ContainedProcess | undefined;
  #starting: Promise<void> | undefined;
  #paused = false;
  readonly #haltedBy = new Set<string>();
  #ending: { why: SuperviseEnd['why']; orderId: string | null; halted: Promise<Halted> } | undefined;
  #finish!: (end: SuperviseEnd) => void;
  #fail!: (error: unknown) => void;

  /** Finds out how the command can be held, and connects. Throws InvalidRequest for options that make no sense. */
  static async start(options: SuperviseOptions): Promise<Supervisor> {
    if (options.command.length === 0) throw new InvalidRequest('Give the command to run.');
    if (!options.key.startsWith('csk_sup_')) throw new InvalidRequest('The key is no supervisor key (csk_sup_…). "countersign supervisor-key create" makes one.');
    const plan = await planContainment(options.confinement);
    return new Supervisor(options, plan);
  }

  private constructor(private readonly options: SuperviseOptions, readonly plan: ContainmentPlan) {
    super();
    this.done = new Promise((resolve, reject) => { this.#finish = resolve; this.#fail = reject; });
    // Whoever does not wait for the end still hears of it by the exit; an unheard rejection must not end the supervisor before its process.
    this.done.catch(() => {});
    const { controlUrl, key, instanceId, controlPin, onControlLoss = 'kill' } = options;
    this.#links = new ControlLinks(readControlUrls(controlUrl), {
      key, instanceId, runId: newId(), pin: readControlPin(controlPin), containment: plan.containment, onControlLoss,
      onHalt: (order, about) => this.#onHalt(order, about),
      onRefused: (why) => { this.emit('orderRefused', { why }); },
    }, {
      onHeard: (url) => this.#onHeard(url),
      onReady: () => { if (!this.#ending) this.#starting ??= this.#start(); },
      onSilence: () => this.#onSilence(onControlLoss),
      onDown: (url, why) => { this.emit('controlDown', { url, why }); },
      onHopeless: (why) => { this.#links.close(); this.#fail(why); },
    });
    // After whoever made it had the chance to listen.
    queueMicrotask(() => {
      for (const what of plan.unenforced) this.emit('unenforced', { what });
      this.#links.open();
    });
  }

  get paused(): boolean { return this.#paused; }

  /** Asks the command to end, kills it when it doesn't within the grace, and resolves as `done` does. */
  async end(signal: NodeJS.Signals = 'SIGTERM', graceMs = GRACE_MS): Promise<SuperviseEnd> {
    await this.#starting;
    if (!this.#process && !this.#ending) {
      void this.#over('exited', null);
      return this.done;
    }
    if (this.#paused) this.#process?.thaw();
    void this.#process?.ask(signal);
    const timer = setTimeout(() => void this.#process?.kill(), graceMs);
    return this.done.finally(() => clearTimeout(timer));
  }

  async #onHalt(order: Order, about: About | undefined): Promise<Halted | undefined> {
    const { instanceId, agentId = about?.agentId, environment = about?.environment } = this.options;
    if (!coversProcess(order, { instanceId, agentId, environment })) {
      this.emit('orderRefused', { why: 'the order is about something else' });
      return undefined;
    }
    // Each control process tells of it, and each is answered.
    if (!this.#haltedBy.has(order.id)) this.emit('halted', { order });
    this.#haltedBy.add(order.id);
    return this.#over('stopped', order.id);
  }

  /** What runs may go on when any control is back: it would have been ended before that answer. */
  #onHeard(url: string): void {
    this.emit('controlUp', { url });
    if (this.#ending || !this.#paused) return;
    this.#paused = false;
    this.#process?.thaw();
    this.emit('resumed', {});
  }

  async #start(): Promise<void> {
    const { command, env = process.env, cwd, stdio = 'inherit', instanceId } = this.options;
    try {
      const started = await ContainedProcess.start(this.plan, command, { env: childEnvironment(env, instanceId), cwd, stdio });
      this.#process = started;
      // A stop that came while it was being started.
      if (this.#ending) void started.kill();
      this.emit('started', { pid: started.pid, containment: this.plan.containment, by: this.plan.by });
      void started.ended.then(() => this.#over('exited', null));
    } catch (error) {
      this.#links.close();
      this.#fail(error);
    }
  }

  #onSilence(how: OnControlLoss): void {
    if (this.#ending || !this.#process) return;
    if (how === 'kill') { void this.#over('control_lost', null); return; }
    if (this.#paused) return;
    this.#paused = true;
    this.emit('paused', {});
    // What cannot be held still is killed, and then it has ended.
    void this.#process.freeze().then((still) => { if (!still) void this.#over('control_lost', null); });
  }

  /** Ends everything, once; whoever asks again waits for the same end. */
  #over(why: SuperviseEnd['why'], orderId: string | null): Promise<Halted> {
    if (this.#ending) {
      if (why === 'stopped' && this.#ending.orderId === null) this.#ending = { ...this.#ending, why, orderId };
      return this.#ending.halted;
    }
    const halted = this.#end(why);
    this.#ending = { why, orderId, halted };
    void halted.then((end) => this.#conclude(end), (error: unknown) => this.#fail(error));
    return halted;
  }

  async #end(why: SuperviseEnd['why']): Promise<Halted> {
    // What is being started right now has to be there before it can be ended.
    await this.#starting;
    const evidence = this.#process ? await (why === 'exited' ? this.#process.gone() : this.#process.kill()) : this.plan.containment === 'pidns' ? 'pidns-empty' : 'group-exited';
    return { exitedAt: new Date().toISOString(), evidence };
  }

  async #conclude(halted: Halted): Promise<void> {
    const { code, signal } = this.#process ? await this.#process.ended : { code: null, signal: null };
    const reported = await this.#links.report({ ...halted, ...(code === null ? {} : { code }), ...(signal === null ? {} : { signal }) }, this.options.reportWithinMs ?? REPORT_WITHIN_MS);
    this.#links.close();
    const { why, orderId } = this.#ending!;
    this.#finish({ why, orderId, started: this.#process !== undefined, code, signal, evidence: halted.evidence, reported });
  }
}
