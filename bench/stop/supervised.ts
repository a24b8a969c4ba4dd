import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { newId } from '@/lib/protocol/ids';
import { projectRoot } from '@/lib/project-root';
import { createDatabaseLink as createLink, type DatabaseLink as Link } from '@/lib/testing/database-link';
import { monotonicMs } from '../load/metronome';
import { press, release } from './press';
import type { SetUp } from './set-up';
import type { ToolServer } from './tool';

/** Milliseconds after the press until the kernel lists none of the agent's processes; one value a process. */
export type Killed = { dead: number[] };
/** Milliseconds after the network was cut: the last effect at the tool server, and when the kernel lists none of an agent's processes any more. */
export type CutOff = { lastEffect: number; dead: number[] };

const LOOK_MS = 2;
const PATIENCE_MS = 60_000;

/** Agents under `countersign supervise`, each a process that heeds nothing, with a second one that has left its session. */
export class Supervised {
  private members: { child: ChildProcess; marker: string; pids: number[] }[] = [];
  private links: Link[] = [];

  private constructor(private readonly set: SetUp, private readonly tool: ToolServer) {}

  /** One run: starts so many, presses a stop of their agent at control's door, and looks until all are gone. */
  static async stopped(set: SetUp, tool: ToolServer, size: number): Promise<Killed> {
    const fleet = new Supervised(set, tool);
    try {
      await fleet.start(size, set.controlUrl, set.place.gateways[0]!);
      const pressed = await press(set.doors.control, { scope: 'agent', target: set.supervised.clientId });
      const dead = await fleet.deaths();
      await release(set.dataDir, pressed.orderId);
      return { dead: dead.map((at) => at - pressed.sentAt) };
    } finally {
      await fleet.end();
    }
  }

  /** One run: starts so many behind wires of our own, cuts gateway and control off at once, and looks until all are gone. The tool server stays in reach. */
  static async cutOff(set: SetUp, tool: ToolServer, size: number): Promise<CutOff> {
    const fleet = new Supervised(set, tool);
    try {
      const [control, gateway] = [await createLink(set.controlUrl), await createLink(set.place.gateways[0]!)];
      fleet.links.push(control, gateway);
      await fleet.start(size, control.url, gateway.url);
      await tool.effects();
      const cutAt = monotonicMs();
      control.cut();
      gateway.cut();
      const dead = await fleet.deaths();
      const last = (await tool.effects()).reduce((latest, effect) => Math.max(latest, effect.ranAt), cutAt);
      return { lastEffect: last - cutAt, dead: dead.map((at) => at - cutAt) };
    } finally {
      await fleet.end();
    }
  }

  private async start(size: number, controlUrl: string, gatewayUrl: string): Promise<void> {
    const { supervised, place } = this.set;
    for (let i = 0; i < size; i++) {
      const marker = `bench-${newId()}`;
      const agent = [process.execPath, '--import', 'tsx', path.join('bench', 'stop', 'supervised-agent.ts'), gatewayUrl.replace(/\/$/, ''), supervised.clientId, supervised.clientSecret, place.pin, this.tool.url, marker];
      const child = spawn(process.execPath, [
        path.join('dist', 'cli.js'), 'supervise', '--instance', marker, '--key-fd', '3', '--url', controlUrl, '--control-pin', place.pin, '--',
        'bash', '-c', 'setsid sleep infinity & exec "$@"', marker, ...agent,
      ], { cwd: projectRoot(), stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: 'production' } });
      (child.stdio[3] as NodeJS.WritableStream).end(supervised.key);
      this.members.push({ child, marker, pids: [] });
    }
    await Promise.all(this.members.map(({ child }) => saysActing(child)));
    for (const member of this.members) member.pids = below(member.child.pid!);
    const few = this.members.find(({ pids }) => pids.length < 2);
    if (few) throw new Error(`only ${few.pids.length} processes were found under a supervisor`);
  }

  /** When the last process of each was gone. */
  private async deaths(): Promise<number[]> {
    const dead = new Map<string, number>();
    const end = monotonicMs() + PATIENCE_MS;
    while (dead.size < this.members.length) {
      if (monotonicMs() > end) throw new Error(`${this.members.length - dead.size} supervised agents were alive after ${PATIENCE_MS / 1_000} s`);
      for (const { marker, pids } of this.members) if (!dead.has(marker) && !pids.some(lives)) dead.set(marker, monotonicMs());
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return [...dead.values()];
  }

  private async end(): Promise<void> {
    for (const { child } of this.members) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    for (const link of this.links) await link.stop();
  }
}

function saysActing(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => { said += chunk.toString(); if (/^acting$/m.test(said)) resolve(); };
    child.stdout!.on('data', hear);
    child.stderr!.on('data', hear);
    child.once('exit', (code, signal) => reject(new Error(`a supervised agent ended (${signal ?? code}):\n${said}`)));
  });
}

/** Every process below a supervisor, what holds the others included: what the stop has to end. */
function below(root: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = statOf(Number(entry));
    if (stat) parents.set(Number(entry), Number(stat[1]));
  }
  const found: number[] = [];
  const walk = (pid: number) => { for (const [child, parent] of parents) if (parent === pid) { found.push(child); walk(child); } };
  walk(root);
  return found;
}

const lives = (pid: number): boolean => { const stat = statOf(pid); return stat !== undefined && stat[0] !== 'Z'; };

/** State and parent, or undefined when there is no such process. */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
