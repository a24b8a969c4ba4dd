import path from 'node:path';
import { projectRoot } from '@/lib/project-root';
import { startChild } from '../stage/child';
import type { Effect, ToolOrder } from './tool-server';

export type ToolServer = Awaited<ReturnType<typeof startTool>>;

/** The tool server in a process of its own. */
export async function startTool(gateways: readonly string[]) {
  const server = await startChild(path.join(projectRoot(), 'bench', 'stop', 'tool-server.ts'), [...gateways], {});
  return {
    url: `http://127.0.0.1:${server.port}`,
    /** What it ran since it was last asked. */
    effects: () => new Promise<Effect[]>((resolve, reject) => {
      const gone = () => reject(new Error('the tool server ended'));
      server.child.once('close', gone);
      server.child.once('message', (message) => { server.child.off('close', gone); resolve(message as Effect[]); });
      server.child.send({ kind: 'effects' } satisfies ToolOrder);
    }),
    stop: () => server.stop(),
  };
}
