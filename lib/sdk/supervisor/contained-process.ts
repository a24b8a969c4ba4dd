import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExitEvidence } from '@/lib/protocol';
import type { ContainmentPlan } from './containment';
import { descendantsOf, holdPidNamespace, listProcesses, pidNamespaceOf, readProcess, type HeldNamespace, type Listed } from './process-table';
import type { Environment } from './rules';

export type StartOptions = { env: Environment; cwd?: string | undefined; stdio: StdioOptions };
export type ProcessEnd = { code: number | null; signal: NodeJS.Signals | null };

/** Between two looks at what is still there, in milliseconds. The kernel tells nobody when a foreign process is gone. */
const LOOK_MS = 5;
const LOOK_SLOWLY_MS = 50;
/** How long the namespace's first process may take to appear, and the outer one to notice that it is gone, before it is killed too. */
const PATIENCE_MS = 1_000;

/** A command that runs inside a containment, with everything that comes of it. */
export class ContainedProcess {
  /** How the command itself ended; what it left behind may still be there. */
  readonly ended: Promise<ProcessEnd>;
  #over = false;
  /** Its outermost process was killed, so that it could not wait for the inner ones. */
  #cut = false;
  #init: Listed | undefined;
  #namespace: HeldNamespace | undefined;
  #killed: Promise<ExitEvidence> | undefined;
  readonly #own = readProcess(process.pid);

  /** Throws when the command cannot be started. */
  static async start(plan: ContainmentPlan, command: readonly string[], options: StartOptions): Promise<ContainedProcess> {
    const [file = '', ...rest] = plan.wrap(command);
    // A session of its own: a terminal's Ctrl-C goes to the supervisor, which passes on what it decides to.
    const child = spawn(file, rest, { detached: true, env: options.env as NodeJS.ProcessEnv, stdio: options.stdio, ...(options.cwd === undefined ? {} : { cwd: options.cwd }) });
    await new Promise<void>((resolve, reject) => { child.once('spawn', resolve); child.once('error', reject); });
    return new ContainedProcess(plan, child);
  }

  private constructor(private readonly plan: ContainmentPlan, private readonly child: ChildProcess) {
    this.ended = new Promise((resolve) => child.once('exit', (code, signal) => { this.#over = true; this.#cut = signal !== null; resolve({ code, signal }); }));
    void this.#find();
  }

  /** The outermost process. */
  get pid(): number { return this.child.pid!; }

  /** Asks the command to end. */
  async ask(signal: NodeJS.Signals): Promise<void> {
    await this.#find();
    // The first process of bubblewrap's namespace is its own, which waits for the command and takes no signal.
    const asked = this.#init && this.plan.by === 'bubblewrap' ? listProcesses().filter((one) => one.ppid === this.#init!.pid) : [this.#init ?? { pid: this.pid }];
    for (const { pid } of asked) send(pid, signal);
  }

  /** Ends everything, however it resists, and resolves once nothing is left; then and no sooner. */
  kill(): Promise<ExitEvidence> {
    return (this.#killed ??= this.#kill());
  }

  /** Waits until nothing is left of a command that has ended by itself. */
  async gone(): Promise<ExitEvidence> {
    await this.ended;
    if (this.plan.containment === 'process_group') return 'group-exited';
    return this.kill();
  }

  /** Stops every process where it stands. Whatever cannot be held like that is killed: false. */
  async freeze(): Promise<boolean> {
    await this.#find();
    let still = 0;
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end && !this.#over;) {
      const running = this.#left().filter((one) => one.state !== 'T' && one.state !== 't');
      for (const one of running) send(one.pid, 'SIGSTOP');
      // Twice in a row: between a look and the signal, one of them may have made another.
      still = running.length === 0 ? still + 1 : 0;
      if (still === 2) return true;
      await sleep(LOOK_MS);
    }
    if (!this.#over) await this.kill();
    return false;
  }

  thaw(): void {
    for (const one of this.#left()) send(one.pid, 'SIGCONT');
  }

  async #kill(): Promise<ExitEvidence> {
    await this.#find();
    const from = performance.now();
    for (let looks = 0; ; looks++) {
      if (!this.#over) {
        if (this.#init) send(this.#init.pid, 'SIGKILL');
        if (!this.#init || performance.now() - from > PATIENCE_MS) send(-this.pid, 'SIGKILL');
      }
      for (const one of this.#left()) send(one.pid, 'SIGKILL');
      if (this.#over && this.#left().length === 0) {
        this.#namespace?.letGo();
        return this.#evidence();
      }
      await Promise.race([sleep(looks < 200 ? LOOK_MS : LOOK_SLOWLY_MS), ...(this.#over ? [] : [this.ended])]);
    }
  }

  /** The outer process ends after the namespace's first, and that one after all others; where it was killed, only a look into the namespace tells. */
  #evidence(): ExitEvidence {
    return this.plan.containment === 'pidns' && (this.#namespace !== undefined || !this.#cut) ? 'pidns-empty' : 'group-exited';
  }

  /** Learns which process is the first of the namespace; there is none to find when the command is over already. */
  async #find(): Promise<void> {
    if (this.plan.containment !== 'pidns') return;
    for (const end = performance.now() + PATIENCE_MS; !this.#init && !this.#over && performance.now() < end;) {
      this.#namespace ??= holdPidNamespace(this.pid, 'pid_for_children');
      this.#init = descendantsOf(this.pid).find((one) => one.innermost === 1 && one.depth > (this.#own?.depth ?? 1));
      if (this.#init) this.#hold(holdPidNamespace(this.#init.pid, 'pid'));
      else await sleep(LOOK_MS);
    }
  }

  #hold(found: HeldNamespace | undefined): void {
    if (!found) return;
    this.#namespace?.letGo();
    this.#namespace = found;
  }

  /** Everything of it that is not over: what descends from the namespace's first process or is in the namespace, else of the group and what descends from it. */
  #left(): Listed[] {
    const list = listProcesses();
    if (this.plan.containment !== 'pidns') {
      return [...new Set([...list.filter((one) => one.group === this.pid || one.session === this.pid), ...(this.#over ? [] : descendantsOf(this.pid, list))])];
    }
    const init = this.#init;
    const alive = init && list.some((one) => one.pid === init.pid && one.innermost === 1 && one.depth === init.depth);
    const found = new Map<number, Listed>();
    if (alive) for (const one of [...list.filter(({ pid }) => pid === init.pid), ...descendantsOf(init.pid, list)]) found.set(one.pid, one);
    if (this.#namespace !== undefined) for (const one of list) if (one.depth > (this.#own?.depth ?? 1) && pidNamespaceOf(one.pid) === this.#namespace.name) found.set(one.pid, one);
    return [...found.values()];
  }
}

/** A process that is gone by now needs no signal. One that this user may not signal is still there at the next look, and keeps the end unconfirmed. */
function send(pid: number, signal: NodeJS.Signals): void {
  try { process.kill(pid, signal); } catch (error) { if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error; }
}
