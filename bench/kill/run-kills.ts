import path from 'node:path';
import { createAgent } from '@/lib/agents';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma } from '@/lib/db';
import { projectRoot } from '@/lib/project-root';
import { startChild } from '../stage/child';
import type { ClientOrder, ClientState } from './client';
import { compare } from './compare';
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
    whole = Object.values(comparison.faults).every((count) => count === 0);
    return { recoveries, comparison, counts, seconds };
  } finally {
    await client.stop();
    await installation.stop(whole);
    if (!whole) say(`What stands is left for a look: ${installation.dataDir}`);
  }
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
