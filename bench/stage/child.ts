import { fork, type ChildProcess } from 'node:child_process';
import { projectRoot } from '@/lib/project-root';

/** A process of the bench: it says when it serves, and dies with us. */
export type Started = { child: ChildProcess; pid: number; port: number; stop(): Promise<void> };

/** Starts a program that answers over IPC `{ready: true, port?}`; TypeScript goes through tsx. */
export async function startChild(file: string, args: string[], env: Record<string, string>, execArgv: string[] = []): Promise<Started> {
  const child = fork(file, args, {
    cwd: projectRoot(), env: { ...process.env, ...env, NODE_ENV: 'production' }, serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: ['--no-turbo-inline-js-wasm-calls', ...(file.endsWith('.ts') ? ['--import', 'tsx'] : ['--enable-source-maps']), ...execArgv],
  });
  let said = '';
  const hear = (chunk: Buffer) => { said = (said + chunk.toString()).slice(-6_000); };
  child.stdout?.on('data', hear);
  child.stderr?.on('data', (chunk: Buffer) => { hear(chunk); process.stderr.write(chunk); });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.on('message', (message: { ready?: boolean; port?: number }) => { if (message.ready) resolve(message.port ?? 0); });
    void ended.then(() => reject(new Error(`${file} ${args.join(' ')} ended (${child.signalCode ?? child.exitCode}):\n${said}`)));
  });
  return {
    child, pid: child.pid!, port,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const hurry = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(hurry);
    },
  };
}
