import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AgentClient } from '@/lib/sdk';
import { projectRoot } from '@/lib/project-root';
import type { RunningCountersign } from '@/lib/testing/running-countersign';
import { metronome, monotonicMs } from '../load/metronome';

type Session = Awaited<ReturnType<AgentClient['openSession']>>;
/** One request in so many needs a person. */
const ASKS_EVERY = 5;

/** Agents of the real SDK, each with a session: few enough asks a minute each that nobody takes them for a flood. */
export async function gatherAskers(running: RunningCountersign, count: number, name = 'asker') {
  const clients: AgentClient[] = [];
  const sessions: Session[] = [];
  for (let i = 0; i < count; i++) {
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/cli.js', 'agent', 'create', '--name', `${name} ${i + 1}`, '--capability', 'files:write:**', '--capability', 'ticket_system:read,update:**', '--json'], { cwd: projectRoot(), env: { ...process.env, DATA_DIR: running.dataDir, PUBLIC_URL: running.url } });
    const { clientId, clientSecret, controlPin } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { clientId: string; clientSecret: string; controlPin: string };
    const client = await AgentClient.connect({ url: running.url, clientId, clientSecret, controlPin, instance: { name: 'bench' } });
    clients.push(client);
    sessions.push(await client.openSession({ purpose: 'Ask what a person has to answer' }));
  }
  let counter = 0;
  const ask = (session = sessions[counter % sessions.length]!) => session.requestAction({ tool: 'write_file', args: { path: `/srv/notes/customer-${++counter}.txt`, content: `It is on its way, number ${counter}.` } });
  return {
    ask: async () => { const session = sessions[counter % sessions.length]!; return { session, asked: await ask(session) }; },
    one: async () => (await ask()).approval!.id,
    /** Requests at a steady rate; when each that asks was sent, by its approval, in the machine's own milliseconds. */
    async press(rate: number, seconds: number): Promise<Map<string, number>> {
      const sent = new Map<string, number>();
      const answers: Promise<unknown>[] = [];
      const from = monotonicMs() + 100;
      const moments = Float64Array.from({ length: Math.floor(rate * seconds) }, (_, i) => from + (i * 1_000) / rate);
      let next = 0;
      await metronome(moments, (last) => {
        for (; next <= last; next++) {
          // Both kinds go round all agents by their own count: by the number of the request only every fifth agent would ask, and soon be paused for a flood.
          const session = sessions[(next % ASKS_EVERY === 0 ? next / ASKS_EVERY : next) % sessions.length]!;
          const at = performance.timeOrigin + performance.now();
          answers.push(next % ASKS_EVERY === 0
            ? ask(session).then((asked) => { if (asked.decision !== 'ask') throw new Error(`asked, and was answered ${asked.decision}: ${asked.code}`); sent.set(asked.approval!.id, at); })
            : session.requestAction({ tool: 'read_ticket', args: { ticketId: `T-${1_000 + next}` } }));
        }
      });
      await Promise.all(answers);
      return sent;
    },
    stop: () => Promise.all(clients.map((client) => client.close())),
  };
}
export type Askers = Awaited<ReturnType<typeof gatherAskers>>;
