import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '@/lib/project-root';
import { Bridge, cutWrapper } from './bridge';
import { rogueUpSchema, type CutOrders, type RogueOrders, type RogueUp } from './rogue/orders';
import { namespaceNumber, SignsOfLife } from './signs-of-life';

/** How rogues are started: the bundles next to the server's, or the sources where the server runs from source. */
export type Programs = { supervise: string[]; rogue: string[] };
export function usualPrograms(): Programs {
  const fromSource = (process.argv[1] ?? '').endsWith('.ts');
  const at = (bundle: string, source: string) => [process.execPath, ...(fromSource ? process.execArgv : []), path.join(projectRoot(), fromSource ? source : bundle)];
  return { supervise: [...at('dist/cli.js', 'lib/cli/main.ts'), 'supervise'], rogue: at('dist/rogue.js', 'lib/drills/rogue/main.ts') };
}

export type RogueSettings = {
  programs: Programs;
  orders: Omit<RogueOrders, 'outerNamespace'>;
  supervisorKey: string;
  /** Every control process, by its own address. */
  controlUrls: readonly string[];
  controlPin: string;
  /** Whether it starts in a network namespace that can be cut off. */
  bridged: boolean;
  /** What binds a program to this process, so that it does not outlive it; empty where the machine has nothing for that. */
  bound?: readonly string[];
  /** Where programs are found; the worker's own unless given. */
  searchPath?: string;
};

/** One rogue under `countersign supervise`, as the drill holds it. */
export type RunningRogue = {
  readonly signs: SignsOfLife;
  /** Undefined until it has said that it is up. */
  up(): RogueUp | undefined;
  /** What its supervisor printed. */
  said(): string;
  supervisorLives(): boolean;
  killSupervisor(): void;
  /** Resolves when its supervisor has ended. */
  readonly ended: Promise<void>;
  /** Cuts it off, with its supervisor. */
  cut(): void;
  close(): void;
};

/** Starts one. Its key and its orders go by descriptors of files that are gone by then; its environment holds nothing of ours. */
export async function startRogue({ programs, orders, supervisorKey, controlUrls, controlPin, bridged, bound = [], searchPath = process.env.PATH ?? '' }: RogueSettings): Promise<RunningRogue> {
  const { folder, mark } = orders;
  mkdirSync(path.join(folder, 'beats'), { recursive: true, mode: 0o700 });
  const supervisor = [...bound, ...programs.supervise, '--instance', orders.instanceId, '--key-fd', '3', ...controlUrls.flatMap((url) => ['--url', url]), '--control-pin', controlPin, '--', ...programs.rogue, 'act', mark];
  const bridge = bridged ? await Bridge.open(folder, [...controlUrls, orders.gatewayUrl].map((url) => new URL(url))) : undefined;
  const command = bridge ? [...cutWrapper, ...bound, ...programs.rogue, 'cut', mark, writeCutOrders(folder, { ends: bridge.ends, hostsFile: bridge.hostsFile, command: supervisor })] : supervisor;
  const input = sealedFile(folder, 'orders', JSON.stringify({ ...orders, outerNamespace: String(namespaceNumber('self') ?? '') }));
  const key = sealedFile(folder, 'key', supervisorKey);
  const { NODE_ENV, TMPDIR } = process.env;
  const child = spawn(command[0]!, command.slice(1), {
    cwd: projectRoot(), detached: true, stdio: [input, 'ignore', 'pipe', key],
    env: Object.fromEntries(Object.entries({ PATH: searchPath, NODE_ENV, TMPDIR }).filter(([, value]) => value !== undefined)) as NodeJS.ProcessEnv,
  });
  closeSync(input);
  closeSync(key);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-8_000); });
  const ended = new Promise<void>((resolve) => { child.once('exit', () => resolve()); child.once('error', (error) => { said += error.message; resolve(); }); });
  const signs = new SignsOfLife(folder, mark);
  return {
    signs,
    up: () => { try { return rogueUpSchema.parse(JSON.parse(readFileSync(path.join(folder, 'up'), 'utf8'))); } catch { return undefined; } },
    said: () => said.trim(),
    supervisorLives: () => isAlive(child),
    killSupervisor: () => { child.kill('SIGKILL'); },
    ended,
    cut: () => bridge?.cut(),
    close: () => { signs.close(); bridge?.close(); if (isAlive(child)) child.kill('SIGKILL'); child.stderr?.destroy(); },
  };
}

const isAlive = (child: ChildProcess) => child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/** A file that only whoever is given its descriptor reads. */
function sealedFile(folder: string, name: string, text: string): number {
  const file = path.join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  const descriptor = openSync(file, 'r');
  unlinkSync(file);
  return descriptor;
}

function writeCutOrders(folder: string, orders: CutOrders): string {
  const file = path.join(folder, 'cut.json');
  writeFileSync(file, JSON.stringify(orders), { mode: 0o600 });
  return file;
}
