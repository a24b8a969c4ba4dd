import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { io, type Socket } from 'socket.io-client';
import type { Context, Role } from '@/lib/context';
import { freePort } from '@/lib/db/embedded-postmaster';
import type { Grant } from '@/lib/agents';
import type { Ack } from '@/lib/protocol/wire-error';
import type { AgentAnswer } from '@/lib/protocol/agent-answers';
import type { AgentEventName } from '@/lib/protocol/agent-events';
import { createTestDatabase } from './database';
import { createDatabaseLink } from './database-link';

export type TestGateway = Awaited<ReturnType<typeof startTestGateway>>;
export type TestAgent = { clientId: string; clientSecret: string };

/** A real gateway in this process, on a real database, with the starter bundle and control's signing loop left to the test. */
export async function startTestGateway(options: { leaseMs?: number; environment?: string; role?: 'gateway'; /** Reach the database over a wire that can be cut. */ link?: boolean } = {}) {
  const database = await createTestDatabase();
  const link = options.link ? await createDatabaseLink(database.url) : undefined;
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'countersign-test-'));
  const port = await freePort();
  Object.assign(process.env, {
    DATABASE_URL: link?.url ?? database.url, DATA_DIR: dataDir, PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: `http://127.0.0.1:${port}`, LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    LEASE_MS: String(options.leaseMs ?? 15_000),
  });
  const [{ makeContext }, { createAgent }, { ensureStarterBundle }, { FileKeys }, { run }, { newId }] = await Promise.all([
    import('@/lib/context'), import('@/lib/agents'), import('@/lib/policies'), import('@/lib/signing'), import('@/lib/processes/gateway'), import('@/lib/protocol/ids'),
  ]);
  const host = makeContext({ kind: 'host', user: 'test' });
  const keys = new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['bundle', 'control/order', 'checkpoint'], secrets: ['payload-wrapping'] });
  keys.signingKey('control/order');
  await ensureStarterBundle(host, { keys });
  let running = await run();
  const url = `http://127.0.0.1:${port}`;
  const sockets: Socket[] = [];

  return {
    url, database, dataDir, host, keys, link,
    async agent(name: string, capabilities: Grant[], more: { enforced?: boolean } = {}): Promise<TestAgent> {
      return createAgent(host, { name, capabilities, ...more });
    },
    /** A person with this role, present in the database. */
    async person(role: Role, name = `${role}-${newId().slice(-6)}`): Promise<Context> {
      const { prisma } = await import('@/lib/db');
      const id = newId();
      await prisma().person.create({ data: { id, email: `${name}@example.org`, name, roles: [role] } });
      return makeContext({ kind: 'person', id, name, email: `${name}@example.org`, roles: [role], via: 'console' });
    },
    async token(agent: TestAgent): Promise<string> {
      const answer = await fetch(`${url}/api/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: agent.clientId, client_secret: agent.clientSecret }) });
      return ((await answer.json()) as { access_token: string }).access_token;
    },
    async connect(token: string, instanceId: string = newId()): Promise<Socket> {
      const socket = io(`${url}/agent`, { transports: ['websocket'], auth: { protocol: 1, token, instance: { id: instanceId, name: 'test' } }, reconnection: false, forceNew: true });
      sockets.push(socket);
      await new Promise<void>((resolve, reject) => { socket.once('connect', resolve); socket.once('connect_error', reject); });
      return socket;
    },
    async restart(): Promise<void> {
      await running.stop();
      running = await run();
    },
    /** Takes the gateway away, until `serveAgain`. */
    async stopServing(): Promise<void> { await running.stop(); },
    async serveAgain(): Promise<void> { running = await run(); },
    async stop(): Promise<void> {
      for (const socket of sockets) socket.disconnect();
      await running.stop();
      const { closePrisma, closePools } = await import('@/lib/db');
      await closePrisma();
      await closePools();
      await link?.stop();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One event and its acknowledgement. */
export async function send<N extends AgentEventName>(socket: Socket, event: N, body: unknown): Promise<Ack<AgentAnswer<N>>> {
  return (await socket.timeout(10_000).emitWithAck(event, body)) as Ack<AgentAnswer<N>>;
}

/** The same, for when nothing else than success will do. */
export async function ask<N extends AgentEventName>(socket: Socket, event: N, body: unknown): Promise<AgentAnswer<N>> {
  const answer = await send(socket, event, body);
  if (!answer.ok) throw new Error(`${event}: ${answer.error.code}: ${answer.error.message} ${JSON.stringify(answer.error.issues ?? '')}`);
  return answer;
}
