import path from 'node:path';
import { createAgent } from '@/lib/agents';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma } from '@/lib/db';
import { projectRoot } from '@/lib/project-root';
import { commandLine } from '@/lib/testing/running-worker';
import { startChild } from '../stage/child';
import type { ClientOrder, ClientState } from './client';
import { compare, type Comparison } from './compare';
import { startInstallation, type Victim } from './installation';
import { killAll } from './rounds';

export type KillOptions = { entry: string[]; victims: readonly Victim[]; rounds: number; rate: number; agents: number; journal: string; say: (line: string) => void };

/** Starts an installation and its agents, kills, waits until all is quiet, and compares. */
export async function runKills({ entry, victims, rounds, rate, agents, journal, say }: KillOptions) {
  const installation = await startInstallation(entry, victims);
  const client = await startChild(path.join(projectRoot(), 'bench', 'kill', 'client.ts'), [], {});
  const order = (what: ClientOrder) => new Promise<ClientState>((resolve, reject) => {
    const gone = () => reject(new Error('the agents’ process ended'));
    client.child.once('close', gone);
    client.child.once('message', (state) => { client.child.off('close', gone); resolve(state as ClientState); });
    client.child.send(what);
  });
  let whole = false;
  try {
    const { clientId, clientSecret } = await registerAgent(installation.ownerUrl());
    const from = Date.now();
    await order({ kind: 'start', place: { url: installation.url, clientId, clientSecret }, journal, agents, rate });
    while ((await order({ kind: 'state' })).lastAllowAt === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    say('agents are at work');
    const recoveries = await killAll(installation, victims, rounds, { lastAllowAt: async () => (await order({ kind: 'state' })).lastAllowAt, state: () => order({ kind: 'state' }) }, say);
    const { counts, underWay } = await order({ kind: 'stop' });
    if (underWay > 0) throw new Error(`${underWay} actions never came to an end`);
    const seconds = (Date.now() - from) / 1000;
    const comparison = await compare(journal, installation.databaseUrl());
    await verifyExported(installation.dataDir, comparison);
    whole = Object.values(comparison.faults).every((count) => count === 0);
    return { recoveries, comparison, counts, seconds };
  } finally {
    await client.stop();
    await installation.stop(whole);
    if (!whole) say(`What stands is left for a look: ${installation.dataDir}`);
  }
}

/** The whole log as anybody may check it: exported by the worker, verified offline by the key that the command line shows. */
async function verifyExported(dataDir: string, comparison: Comparison): Promise<void> {
  const file = path.join(dataDir, 'export');
  const env = { ...process.env, DATA_DIR: dataDir, DATABASE_URL: '' };
  const exported = await commandLine(['log', 'export', '--out', file, '--json'], env);
  const key = await commandLine(['keys', 'show', 'checkpoint'], env);
  const verified = await commandLine(['verify', file, '--key', key.out.trim(), '--json'], env);
  comparison.faults['export not verified'] = verified.code === 0 ? 0 : 1;
  comparison.verified = String(verified.json.sentence ?? '');
  if (verified.code !== 0) comparison.examples.push(`export not verified: ${exported.err}${exported.out}${key.err}${verified.out}${verified.err}`);
}

async function registerAgent(ownerUrl: string): Promise<{ clientId: string; clientSecret: string }> {
  process.env.DATABASE_URL = ownerUrl;
  try {
    return await createAgent(makeContext({ kind: 'host', user: 'bench' }), { name: 'survivors', capabilities: ['ticket_system', 'email'].map((toolset) => ({ toolset, operations: ['*'], scope: '**' })) });
  } finally {
    await closePrisma();
    await closePools();
  }
}
