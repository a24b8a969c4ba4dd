import http from 'node:http';
import https from 'node:https';
import { z } from 'zod';
import { env } from '@/lib/env';
import { hostSocketPath } from '@/lib/host-socket';

/** How control is reached: the host's own socket, or an address with a control key. */
export type ControlDoor = { kind: 'socket'; path: string } | { kind: 'url'; url: string; key: string };

/** The host's own socket, or the address that was given with its key; undefined where the key is missing. */
export function controlDoor(url: string | undefined, key: string | undefined): ControlDoor | undefined {
  if (url === undefined) return { kind: 'socket', path: hostSocketPath(env().dataDir, 'control') };
  const secret = key ?? process.env.COUNTERSIGN_CONTROL_KEY;
  return secret ? { kind: 'url', url, key: secret } : undefined;
}
/** Whom to ask, in that order: the addresses that were given, or the host's own socket and, with a key, each control process that the environment names. */
export function controlDoors(urls: readonly string[] | undefined, key: string | undefined): ControlDoor[] {
  const own = urls === undefined ? controlDoor(undefined, key) : undefined;
  return [...(own ? [own] : []), ...(urls ?? env().controlUrls).flatMap((url) => controlDoor(url, key) ?? [])];
}
export const KEY_MISSING = 'With --url, give the control key by --key or COUNTERSIGN_CONTROL_KEY.';

/** Control answered with a problem document, or did not answer at all; the message is for people. */
export class ControlRefusal extends Error {
  override readonly name = 'ControlRefusal';
  constructor(message: string, readonly code: string) { super(message); }
}

const problemSchema = z.object({ code: z.string(), detail: z.string() });
const PATIENCE_MS = 10_000;

export async function callControl(door: ControlDoor, method: 'GET' | 'POST', path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const reply = await send(door, method, path, text, signal);
  let value: unknown;
  try { value = JSON.parse(reply.text); } catch { value = undefined; }
  if (reply.status >= 200 && reply.status < 300 && value !== undefined) return value;
  const problem = problemSchema.safeParse(value);
  throw new ControlRefusal(problem.success ? problem.data.detail : `Control answered ${reply.status}, which is not understood.`, problem.success ? problem.data.code : 'internal');
}

function send(door: ControlDoor, method: string, path: string, text: string | undefined, signal: AbortSignal | undefined): Promise<{ status: number; text: string }> {
  const headers: Record<string, string> = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
  if (door.kind === 'url') headers.authorization = `Bearer ${door.key}`;
  return new Promise((resolve, reject) => {
    const handle = (response: http.IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    };
    const options = { method, headers, timeout: PATIENCE_MS, ...(signal ? { signal } : {}) };
    const request = door.kind === 'socket' ? http.request({ ...options, socketPath: door.path, path }, handle) : requestOf(new URL(path, door.url), options, handle);
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', (error: NodeJS.ErrnoException) => reject(new ControlRefusal(unreachable(door, error), 'unavailable')));
    request.end(text);
  });
}

const requestOf = (url: URL, options: http.RequestOptions, handle: (response: http.IncomingMessage) => void) => (url.protocol === 'https:' ? https : http).request(url, options, handle);

function unreachable(door: ControlDoor, error: NodeJS.ErrnoException): string {
  if (door.kind === 'url') return `Control does not answer at ${door.url} (${error.code ?? error.message}). On its host, countersign stop works without an address.`;
  if (error.code === 'EACCES') return `Only the user that runs Countersign may use ${door.path}. Run this as that user.`;
  return `Control does not answer on ${door.path} (${error.code ?? error.message}). Is Countersign running with this DATA_DIR? With --url and a control key it can be reached from elsewhere.`;
}
