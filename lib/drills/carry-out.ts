import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Context } from '@/lib/context';
import { databaseTime, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { planContainment } from '@/lib/sdk/supervisor';
import { engageSwitch } from '@/lib/switches';
import { whyNoCut } from './bridge';
import { prepareDrillAgent, retireDrillAgent, type DrillAgent } from './drill-agent';
import { drillRogue, notRun, type RogueFound } from './drill-rogue';
import { readTargets } from './rows';
import { rogueWords } from './rules';
import type { RogueKind, TargetView } from './schema';
import { killMarked } from './signs-of-life';
import { startRogue, usualPrograms, type Programs } from './start-rogue';
import { noteFound, notePressed, noteStarting } from './take-up';
import { toldOfOrder } from './told-of-order';

export type CarryOut = { ctx: Context; drillId: string; gatewayUrl: string; controlUrls: readonly string[]; controlPin: string; signal: AbortSignal; programs?: Programs };

/** So many at once: two more than the slow ones, which only wait for a lease to lapse, and few enough for a small machine. */
const AT_ONCE = 3;
const slowOnes: readonly RogueKind[] = ['cut_off', 'kills_supervisor'];

/** In the command line of everything that a drill starts, and how what it left behind is found. */
export const markOf = (drillId: string, rogue?: RogueKind) => `countersign-drill:${drillId}:${rogue ?? ''}`;

/** Starts every rogue of a drill, stops each, and notes what was found. Leaves nothing running behind, however it ends. */
export async function carryOut(drill: CarryOut): Promise<void> {
  const { ctx, drillId, signal } = drill;
  const targets = await readTargets(sql, drillId);
  const { containment } = await planContainment();
  if (containment !== 'pidns') {
    for (const { rogue } of targets) await noteFound(drillId, rogue, notRun('This machine gives no PID namespace (bubblewrap, or unshare with unprivileged user namespaces), so no stop can be confirmed here.'));
    return;
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'cs-drill-'));
  try {
    const agent = await prepareDrillAgent(ctx, drillId);
    const bound = await binding();
    const waiting = [...targets].sort((a, b) => Number(slowOnes.includes(b.rogue)) - Number(slowOnes.includes(a.rogue)));
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let target = waiting.shift(); target && !signal.aborted; target = waiting.shift()) await carryOutOne(drill, agent, target, path.join(folder, target.rogue), bound);
    }));
    signal.throwIfAborted();
  } finally {
    killMarked(markOf(drillId));
    await retireDrillAgent(ctx);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function carryOutOne(drill: CarryOut, agent: DrillAgent, { rogue: kind, instanceId, ...limits }: TargetView, folder: string, bound: readonly string[]): Promise<void> {
  const { ctx, drillId, gatewayUrl, controlUrls, controlPin, signal, programs = usualPrograms() } = drill;
  await noteStarting(drillId, kind);
  const why = kind === 'cut_off' ? await whyNoCut([gatewayUrl, ...controlUrls].map((url) => new URL(url))) : undefined;
  if (why) return noteFound(drillId, kind, notRun(why));
  const mark = markOf(drillId, kind);
  mkdirSync(folder, { mode: 0o700 });
  const orders = { kind, mark, folder, gatewayUrl, clientId: agent.agentId, clientSecret: agent.clientSecret, instanceId };
  const rogue = await startRogue({ programs, orders, supervisorKey: agent.supervisorKey, controlUrls, controlPin, bridged: kind === 'cut_off', bound });
  let found: RogueFound;
  try {
    const orderId = newId();
    let pressedAt = new Date();
    found = await drillRogue({
      kind, limits, rogue, signal,
      ask: () => toldOfOrder(orderId, pressedAt),
      press: async () => {
        pressedAt = await databaseTime(sql);
        await notePressed(drillId, kind, orderId, pressedAt);
        await engageSwitch(ctx, { scope: 'instance', target: instanceId, drill: true, reason: `Drill: a rogue that ${rogueWords[kind]}.` }, 'stop', { id: orderId, issuedAt: ctx.now() });
      },
    });
  } finally {
    killMarked(mark);
    rogue.close();
  }
  await noteFound(drillId, kind, found);
}

/** What binds a program to this process, where the machine has it. */
async function binding(): Promise<string[]> {
  const bound = ['setpriv', '--pdeathsig', 'KILL', '--'];
  return promisify(execFile)(bound[0]!, [...bound.slice(1), 'true'], { timeout: 5_000 }).then(() => bound, () => []);
}
