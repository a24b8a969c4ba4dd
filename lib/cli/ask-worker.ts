import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { z } from 'zod';
import { env } from '@/lib/env';
import { hostSocketPath } from '@/lib/host-socket';
import { CommandFailure, EXIT } from './command';

const problemSchema = z.object({ code: z.string(), message: z.string() });
const PATIENCE_MS = 60_000;

/** Asks the running worker; the answer is read by the schema. Throws CommandFailure with a sentence for people. */
export async function askWorker<S extends z.ZodType>(name: string, input: object, schema: S): Promise<z.output<S>> {
  return askOn(findSocket(), name, input, schema, 'worker');
}

/** The same on any process's socket. */
export async function askOn<S extends z.ZodType>(socketPath: string, name: string, input: object, schema: S, who: string): Promise<z.output<S>> {
  const reply = await sendOn(socketPath, name, input, who);
  const chunks: Buffer[] = [];
  for await (const chunk of reply as AsyncIterable<Buffer>) chunks.push(chunk);
  const parsed = schema.safeParse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  if (!parsed.success) throw new CommandFailure(`The ${who} answered something else than this command line expects. Are both of the same version?`, EXIT.refused);
  return parsed.data;
}

/** The same for an answer that is too long to hold; rejects when it breaks off. */
export async function send(name: string, input: object): Promise<http.IncomingMessage> {
  return sendOn(findSocket(), name, input, 'worker');
}

async function sendOn(socketPath: string, name: string, input: object, who: string): Promise<http.IncomingMessage> {
  const text = JSON.stringify(input);
  const reply = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const request = http.request({ socketPath, path: `/${name}`, method: 'POST', timeout: PATIENCE_MS, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } }, resolve);
    request.on('timeout', () => request.destroy(new Error('no answer within a minute')));
    request.on('error', (error: NodeJS.ErrnoException) => reject(unreachable(socketPath, error, who)));
    request.end(text);
  });
  if (reply.statusCode === 200) return reply;
  let body = '';
  for await (const chunk of reply as AsyncIterable<Buffer>) body += chunk.toString('utf8');
  const problem = problemSchema.safeParse(safeJson(body));
  throw new CommandFailure(problem.success ? problem.data.message : `The ${who} answered ${reply.statusCode}.`, problem.success && problem.data.code === 'invalid' ? EXIT.usage : EXIT.refused);
}

/** Where the worker wrote down that its socket is, when DATA_DIR's path was too long for one. */
function findSocket(): string {
  const { dataDir } = env();
  try { return readFileSync(path.join(dataDir, 'worker.sock.path'), 'utf8').trim(); } catch { return hostSocketPath(dataDir, 'worker'); }
}

function unreachable(socketPath: string, error: NodeJS.ErrnoException, who: string): CommandFailure {
  if (error.code === 'EACCES') return new CommandFailure(`Only the user that runs Countersign may use ${socketPath}. Run this as that user.`, EXIT.unreachable);
  return new CommandFailure(`The ${who} does not answer on ${socketPath} (${error.code ?? error.message}). Start Countersign with "npm start"; if it runs with another DATA_DIR, set the same here.`, EXIT.unreachable);
}

function safeJson(text: string): unknown {
  try { return JSON.parse(text); } catch { return undefined; }
}
