import { createServer } from 'node:net';
import { unavailable } from '@/lib/errors';
import { reportEvent } from './supervisor-report';

/** What keeps a port from being ours, or undefined when it is free. */
function portProblem(port: number, host: string): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(error));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}

/** Refuses to start on a port that somebody has. Waits a moment first: a predecessor that was killed may still be letting go. */
export async function requirePort(variable: string, port: number, host: string, patienceMs = 4_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  let told = false;
  for (;;) {
    const problem = await portProblem(port, host);
    if (!problem) return;
    if (problem.code === 'EACCES') throw unavailable(`This user may not listen on port ${port}. Set ${variable} to a number above 1023.`);
    if (problem.code === 'EADDRNOTAVAIL' || problem.code === 'ENOTFOUND') throw unavailable(`This machine has no address ${host}. Set HOST to one that it has, or leave it out for 127.0.0.1.`);
    if (problem.code !== 'EADDRINUSE') throw problem;
    if (performance.now() > deadline) {
      throw unavailable(`Port ${port} is in use, perhaps by a Countersign that already runs. Stop what uses it, or start with another: ${variable}=${port + 10} npm start`);
    }
    if (!told) { reportEvent(`Port ${port} is in use; waiting a moment for it to become free.`); told = true; }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
