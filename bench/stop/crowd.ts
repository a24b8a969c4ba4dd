import path from 'node:path';
import { projectRoot } from '@/lib/project-root';
import { startChild, type Started } from '../stage/child';
import type { AgentsOrder, AgentsReport } from './agents';
import type { Place } from './fleet';
import type { Tally } from './traffic';

type Reported = Extract<AgentsReport, { ok: true }>;
export type Reports = { heard: Float64Array; lost: string[]; tally: Tally; /** The sessions that act, and the one that acts most. */ acting: string[]; first: { sessionId: string; instanceId: string } };

const ACTING = 40;
const A_PROCESS = 2_500;

/** So many agents, in processes of their own: a process of forty that act, and the others that wait with their sessions open. */
export async function gatherCrowd(options: { place: Place; size: number; floor: string[]; rate: number; toolUrl: string }) {
  const { place, size, floor, rate, toolUrl } = options;
  const acting = Math.min(ACTING, size);
  const waiting = size - acting;
  const count = waiting === 0 ? 0 : Math.max(2, Math.ceil(waiting / A_PROCESS));
  const processes: Started[] = [];
  const sizes = [acting, ...Array.from({ length: count }, (_, i) => Math.floor(waiting / count) + (i < waiting % count ? 1 : 0))];
  const stop = () => Promise.all(processes.map((one) => one.stop()));

  async function all(of: (i: number) => AgentsOrder): Promise<Reported[]> {
    return Promise.all(processes.map((one, i) => order(one, of(i))));
  }

  try {
    for (let i = 0; i < sizes.length; i++) processes.push(await startChild(path.join(projectRoot(), 'bench', 'stop', 'agents.ts'), [], {}));
    let offset = 0;
    const offsets = sizes.map((one) => (offset += one) - one);
    await all((i) => ({ kind: 'connect', place, size: sizes[i]!, offset: offsets[i]!, floor }));
    await all(() => ({ kind: 'open' }));
    await order(processes[0]!, { kind: 'act', rate, toolUrl });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    size, processes: processes.length, stop,
    /** New sessions for all whose own has been stopped. */
    reopen: async () => void (await all(() => ({ kind: 'open' }))),
    /** What was heard and asked since the last time. */
    async report(): Promise<Reports> {
      const reports = await all(() => ({ kind: 'report' }));
      const heard = Float64Array.from(reports.flatMap((one) => [...one.heard])).sort();
      return { heard, lost: reports.flatMap((one) => one.lost), tally: reports[0]!.tally!, acting: reports[0]!.sessions, first: reports[0]!.first! };
    },
  };
}

async function order({ child }: Started, what: AgentsOrder): Promise<Reported> {
  const report = await new Promise<AgentsReport>((resolve, reject) => {
    const gone = () => reject(new Error('a process of agents ended'));
    child.once('close', gone);
    child.once('message', (message) => { child.off('close', gone); resolve(message as AgentsReport); });
    child.send(what);
  });
  if (!report.ok) throw new Error(report.message);
  return report;
}
