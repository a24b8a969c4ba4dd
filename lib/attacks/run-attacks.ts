import { createHash } from 'node:crypto';
import type { createAgent } from '@/lib/agents';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { AgentClient } from '@/lib/sdk';
import { fillCase, type SideName } from './fill-case';
import { playCase, type Played } from './play-case';
import { profiles } from './profiles';
import type { AttackCase, LocalCase } from './schema';

/** A gateway to run against, and who registers agents there. */
export type Ground = { url: string; createAgent(agent: Parameters<typeof createAgent>[1]): Promise<{ clientId: string; clientSecret: string }> };
export type RunOptions = { cases: readonly (AttackCase | LocalCase)[]; seed: number; home?: string; parallel?: number; onPlayed?: (done: number, of: number) => void };

const sides: SideName[] = ['attack', 'benign'];

/**
 * Runs every side of every case through a gateway, each in a session of its own, by the SDK. Agents are apart by kind and by side,
 * so that nothing learnt from attacks makes honest work look odd, nor the other way round. Throws where something was not decided.
 */
export async function runAttacks(ground: Ground, { cases, seed, home, parallel = 6, onPlayed }: RunOptions): Promise<Played[]> {
  const work = cases.flatMap((one) => sides.flatMap((name) => { const side = fillCase(one, name, seed, home); return side ? [{ one, name, side }] : []; }));
  const clients = new Map<string, Promise<AgentClient>>();
  const clientOf = (one: AttackCase | LocalCase, name: SideName): Promise<AgentClient> => {
    const capabilities = ('local' in one ? one.capabilities : undefined) ?? profiles[one.profile].capabilities;
    const key = `${name} ${canonicalJson(capabilities)}`;
    const known = clients.get(key);
    if (known) return known;
    const made = connect(ground, { name: `${profiles[one.profile].name} ${clients.size + 1} - ${name}`, enforced: true, capabilities });
    clients.set(key, made);
    return made;
  };
  const played: Played[] = new Array<Played>(work.length);
  let next = 0;
  let done = 0;
  try {
    await Promise.all(Array.from({ length: Math.min(parallel, work.length) }, async () => {
      while (next < work.length) {
        const at = next++;
        const { one, name, side } = work[at]!;
        played[at] = await playCase(await clientOf(one, name), one, name, side);
        onPlayed?.(++done, work.length);
      }
    }));
    return played;
  } finally {
    next = work.length;
    for (const made of await Promise.allSettled(clients.values())) if (made.status === 'fulfilled') await made.value.close();
  }
}

/** What the cases are, before a seed fills them. */
export const suiteHash = (cases: readonly (AttackCase | LocalCase)[]): string =>
  createHash('sha256').update(canonicalJson(cases.map((one) => JSON.parse(JSON.stringify(one)) as unknown))).digest('hex');

async function connect(ground: Ground, agent: Parameters<Ground['createAgent']>[0]): Promise<AgentClient> {
  const { clientId, clientSecret } = await ground.createAgent(agent);
  return AgentClient.connect({ url: ground.url, clientId, clientSecret, instance: { name: 'attack-suite' } });
}
