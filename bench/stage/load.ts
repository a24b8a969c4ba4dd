import path from 'node:path';
import { projectRoot } from '@/lib/project-root';
import type { Target } from '../load/crew';
import type { Order, Report } from '../load/main';
import type { Pressed } from '../load/press';
import { startChild } from './child';
import { cpuSeconds } from './cpu';

export type Measured = Pressed & { cores: Record<string, number>; wallSeconds: number };

/** The load generator in its own process; `watched` names the processes whose processor time is counted meanwhile. */
export async function startLoad(watched: Record<string, { pid: number; withChildren?: boolean }>) {
  const load = await startChild(path.join(projectRoot(), 'bench', 'load', 'main.ts'), [], {});
  const all: Record<string, { pid: number; withChildren?: boolean }> = { ...watched, load: { pid: load.pid } };

  async function order(what: Order): Promise<Report & { ok: true }> {
    const report = await new Promise<Report>((resolve, reject) => {
      const gone = () => reject(new Error('the load generator ended'));
      load.child.once('close', gone);
      load.child.once('message', (message) => { load.child.off('close', gone); resolve(message as Report); });
      load.child.send(what);
    });
    if (!report.ok) throw new Error(report.message);
    if (report.lost.length > 0) throw new Error(`${report.lost.length} connections were lost: ${report.lost[0]}`);
    return report;
  }

  return {
    connect: async (target: Target, size: number) => void (await order({ kind: 'connect', target, size })),
    disconnect: async () => void (await order({ kind: 'disconnect' })),
    async press(what: Extract<Order, { kind: 'open' | 'closed' }>): Promise<Measured> {
      const before = Object.fromEntries(Object.entries(all).map(([name, one]) => [name, cpuSeconds(one.pid, one.withChildren)]));
      const from = performance.now();
      const { pressed } = await order(what);
      const seconds = (performance.now() - from) / 1000;
      return { ...pressed!, wallSeconds: seconds, cores: Object.fromEntries(Object.entries(all).map(([name, one]) => [name, (cpuSeconds(one.pid, one.withChildren) - before[name]!) / seconds])) };
    },
    stop: () => load.stop(),
  };
}
