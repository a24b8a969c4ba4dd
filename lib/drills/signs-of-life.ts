import { closeSync, fstatSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';

/** What is there of a rogue at one moment, by the kernel's word and by its own signs of life. */
export type Look = { processes: number[]; inNamespace: number[]; lastBeatAt: number; beating: number };

/**
 * The drill's own eyes. They take nobody's word, the supervisor's least of all: a mark in command lines, the PID namespace that the rogue
 * was seen in, and files that its processes write every 20 ms.
 */
export class SignsOfLife {
  /** The namespaces that it was seen in, by number, each held open: the kernel gives the number of one that is gone to the next. */
  readonly #held = new Map<number, number>();

  /** `here`: the namespace that this process is in itself, which counts for nothing. */
  constructor(private readonly folder: string, private readonly mark: string, private readonly here = namespaceNumber('self')) {}

  look(): Look {
    const processes = marked(this.mark);
    for (const pid of processes) this.#hold(pid);
    const beats = this.#beats();
    return { processes, inNamespace: this.#inNamespace(), lastBeatAt: Math.max(0, ...beats), beating: beats.length };
  }

  close(): void {
    for (const descriptor of this.#held.values()) closeSync(descriptor);
    this.#held.clear();
  }

  #hold(pid: number): void {
    let descriptor: number;
    try { descriptor = openSync(`/proc/${pid}/ns/pid`, 'r'); } catch { return; }
    const number = fstatSync(descriptor).ino;
    if (number === this.here || this.#held.has(number)) closeSync(descriptor);
    else this.#held.set(number, descriptor);
  }

  #inNamespace(): number[] {
    return this.#held.size === 0 ? [] : listPids().filter((pid) => { const number = namespaceNumber(pid); return number !== undefined && this.#held.has(number) && !isZombie(pid); });
  }

  #beats(): number[] {
    const folder = path.join(this.folder, 'beats');
    try { return readdirSync(folder).flatMap((name) => { const { size, mtimeMs } = statSync(path.join(folder, name)); return size > 0 ? [mtimeMs] : []; }); } catch { return []; }
  }
}

/** Processes of rogues with this mark; what wraps and supervises them names it too, and is none. */
function marked(mark: string): number[] {
  return listPids().filter((pid) => {
    const args = commandLine(pid);
    return args[0] === process.execPath && args.includes(mark) && !args.includes('supervise') && !args.includes('cut') && !isZombie(pid);
  });
}

/** Kills everything that names the mark, the supervisor and what wraps it too. Resolves to how many there were. */
export function killMarked(mark: string): number {
  const left = listPids().filter((pid) => pid !== process.pid && commandLine(pid).some((arg) => arg.startsWith(mark)));
  for (const pid of left) { try { process.kill(pid, 'SIGKILL'); } catch { /* it is gone */ } }
  return left.length;
}

/** Whether somebody takes connections at a port of this machine. */
export function portAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const done = (answers: boolean) => { socket.destroy(); resolve(answers); };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}

const listPids = (): number[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
const commandLine = (pid: number): string[] => { try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'); } catch { return []; } };
/** One that has ended and only waits to be counted. */
const isZombie = (pid: number): boolean => { try { return /^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')); } catch { return true; } };
/** The number of a process's PID namespace, good for as long as somebody is in it or holds it. */
export function namespaceNumber(pid: number | 'self'): number | undefined {
  try { return statSync(`/proc/${pid}/ns/pid`).ino; } catch { return undefined; }
}
