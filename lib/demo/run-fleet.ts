import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentClient, SessionStopped, Unavailable, type SessionHandle } from '@/lib/sdk';
import { shares } from './cast';
import { Effects } from './effects';
import { customerList, person } from './made-up';
import type { Part } from './part';
import { billingHelper } from './parts/billing-helper';
import { infraWatch } from './parts/infra-watch';
import { officeNotes } from './parts/office-notes';
import { supportTriage } from './parts/support-triage';
import { Random } from './random';
import { Scene } from './scene';
import type { FleetConfig, PartName } from './schema';
import { DemoTools } from './tools';

const stories: Record<PartName, Part> = { 'office-notes': officeNotes, 'support-triage': supportTriage, 'billing-helper': billingHelper, 'infra-watch': infraWatch };

export type RunFleet = { config: FleetConfig; signal: AbortSignal; say: (line: string) => void; onAtWork: () => void };

/** Plays all parts until the signal ends or every agent was stopped. Resolves to how it ended; throws when an agent failed for another reason. */
export async function runFleet({ config, signal, say, onAtWork }: RunFleet): Promise<'told to end' | 'every agent was stopped'> {
  const random = new Random(config.seed);
  const effects = new Effects(config.folder);
  await effects.prepare();
  await layOutFiles(config, random.child('files'));
  const connected = await Promise.all(config.agents.map((agent) => connect(config, agent)));
  onAtWork();
  try {
    // One that fails takes the others with it; whoever keeps this process starts it again.
    await Promise.all(connected.map(({ part, client }) => playPart({ config, part, client, effects, random: random.child(part), signal, say })));
  } finally {
    await Promise.all(connected.map(({ client }) => leave(client)));
  }
  return signal.aborted ? 'told to end' : 'every agent was stopped';
}

async function connect(config: FleetConfig, { part, clientId, clientSecret }: FleetConfig['agents'][number]): Promise<{ part: PartName; client: AgentClient }> {
  const client = await AgentClient.connect({
    url: config.url, clientId, clientSecret, instance: { name: `${part}-demo` }, stateFile: path.join(config.folder, 'state', `${part}.json`),
    ...(config.controlPin === undefined ? {} : { controlPin: config.controlPin }),
  });
  // What a process before this one left open has lost its thread; it is closed, and its questions are withdrawn.
  for (const session of client.sessions) await session.close('abandoned', 'The simulated agent was started again.').catch(() => {});
  return { part, client };
}

type Playing = { config: FleetConfig; part: PartName; client: AgentClient; effects: Effects; random: Random; signal: AbortSignal; say: (line: string) => void };

async function playPart({ config, part, client, effects, random, signal, say }: Playing): Promise<void> {
  const story = stories[part];
  const tempo = random.child('tempo');
  for (let turn = 0; !signal.aborted; turn++) {
    const drawn = random.child(`turn ${turn}`);
    try {
      const session = await openSession(client, config, story, turn, signal);
      const scene = new Scene({ session, tools: new DemoTools(config.url, effects, drawn.child('tools')), random: drawn, tempo, domain: config.domain, pace: config.pace, signal });
      const summary = await story.play(scene, turn);
      say(`${part}: ${summary}`);
      await session.close('completed', summary.slice(0, 500));
      const [from, to] = story.rest;
      await sleep((from + tempo.next() * (to - from)) * 1_000 * config.pace, undefined, { signal });
    } catch (error) {
      if (signal.aborted) return;
      if (isStop(error)) {
        // Final: a stopped agent does not come back by itself, not even when the stop is released.
        say(`${part}: was stopped and ends its run.`);
        return;
      }
      throw error;
    }
  }
}

async function openSession(client: AgentClient, config: FleetConfig, story: Part, turn: number, signal: AbortSignal): Promise<SessionHandle> {
  for (;;) {
    try {
      return await client.openSession({ purpose: `SIMULATED: ${story.purpose(turn)}`, principal: story.principal(config.domain), model: 'simulated', metadata: { simulated: true, run: config.runId, turn } }, { signal });
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      await sleep(Math.max(250, error.retryAfterMs), undefined, { signal });
    }
  }
}

/** A scene that is ended throws its session's reason; a sleep in it an AbortError with that reason as its cause. */
const isStop = (error: unknown): boolean => error instanceof SessionStopped || (error instanceof Error && error.cause instanceof SessionStopped);

async function leave(client: AgentClient): Promise<void> {
  await Promise.all(client.sessions.map((session) => session.close('abandoned', 'The demo was ended.').catch(() => {})));
  await client.close();
}

/** What the simulated file server holds. */
async function layOutFiles(config: FleetConfig, random: Random): Promise<void> {
  const root = path.join(config.folder, 'files');
  const put = async (file: string, text: string) => {
    const full = path.join(root, file);
    await mkdir(path.dirname(full), { recursive: true, mode: 0o700 });
    await writeFile(full, text, { mode: 0o600 });
  };
  const owner = person(random, config.domain);
  await put(`${shares.exports}/customers-${random.whole(1_000, 9_999)}.csv`, customerList(random, random.whole(60, 140)));
  await put(`${shares.infra}/hosts.md`, `# Hosts\n\nSIMULATED. ${Array.from({ length: 4 }, () => `node-${random.whole(10, 99)}`).join(', ')}\n`);
  await put(`${shares.infra}/runbook.md`, `# When the queue is long\n\nSIMULATED. Look at the disk first, then ask ${owner.name}.\n`);
  await put(`${shares.infra}/on-call.md`, `# On call\n\nSIMULATED. This week: ${owner.name} <${owner.email}>\n`);
  await put(`${shares.payroll}/bonuses.md`, 'SIMULATED. Nobody in this demo may read this.\n');
}
