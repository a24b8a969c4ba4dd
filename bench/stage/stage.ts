import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { createAgent } from '@/lib/agents';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma } from '@/lib/db';
import { startEmbedded } from '@/lib/db/embedded';
import { ensureOwnDatabase } from '@/lib/db/embedded-database';
import { freePort } from '@/lib/db/embedded-postmaster';
import { migrate } from '@/lib/db/migrate';
import { ensureRoles } from '@/lib/db/roles';
import { ensureStarterBundle, publishBundle, type Bundle } from '@/lib/policies';
import { projectRoot } from '@/lib/project-root';
import { FileKeys } from '@/lib/signing';
import type { Target } from '../load/crew';
import { startChild, type Started } from './child';
import { beforeEnd } from './on-end';

export type Stage = {
  dataDir: string;
  databasePid: number;
  ownerUrl: string;
  /** Postgres's own words on what decides about speed. */
  settings: Record<string, string>;
  /** A second migrated database on the same server. */
  otherDatabase(name: string): Promise<string>;
  createAgent(agent: Parameters<typeof createAgent>[1]): Promise<{ clientId: string; clientSecret: string }>;
  /** Puts another bundle in force, before a gateway is started. */
  publish(bundle: Bundle): Promise<void>;
  startGateway(execArgv?: string[]): Promise<Started & { target: Target }>;
  stop(): Promise<void>;
};

const GRANTS = ['ticket_system', 'http', 'knowledge_base', 'email', 'crm', 'files', 'payments', 'shell'].map((toolset) => ({ toolset, operations: ['*'], scope: '**' }));

/** An installation of one's own, as `npm start` makes it: embedded Postgres with durable commits, migrated, roles, the starter bundle, some agents. */
export async function setStage(agentCount: number): Promise<Stage> {
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= clearUp());
  // Before there is anything that could be left behind.
  const unguard = beforeEnd(stop);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-bench-'));
  const starting = startEmbedded({ dataDir });
  const started: Promise<Started>[] = [];
  async function clearUp(): Promise<void> {
    // What is only being started is waited for: stopped half-way it would go on without us. Ctrl-C may have ended the starter and not the server, which is then taken over.
    const server = await starting.catch(() => startEmbedded({ dataDir })).catch(() => undefined);
    await Promise.allSettled(started.map(async (one) => (await one).stop()));
    await closePrisma();
    await closePools();
    await server?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
  try {
    const server = await starting;
    const ownerUrl = await ensureOwnDatabase(server.superuserUrl, dataDir);
    await migrate(ownerUrl);
    const roles = await ensureRoles(ownerUrl, dataDir, true);
    if (roles.kind !== 'separate') throw new Error(roles.reason);
    process.env.DATABASE_URL = ownerUrl;
    const host = makeContext({ kind: 'host', user: 'bench' });
    const keys = new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['bundle', 'control/order', 'checkpoint'], secrets: ['payload-wrapping'] });
    keys.signingKey('control/order');
    await ensureStarterBundle(host, { keys });
    const agents: Target['agents'] = [];
    for (let i = 0; i < agentCount; i++) agents.push(await createAgent(host, { name: `load ${i + 1}`, capabilities: GRANTS }));
    return {
      dataDir, databasePid: server.pid, ownerUrl,
      stop: () => stop().finally(unguard),
      settings: await settingsOf(ownerUrl),
      createAgent: (agent) => createAgent(host, agent),
      async publish(bundle) { await publishBundle(host, { bundle }, { keys }); },
      async otherDatabase(name) {
        const url = await ensureOwnDatabase(server.superuserUrl, dataDir, name);
        await migrate(url);
        return url;
      },
      async startGateway(execArgv = []) {
        const port = await freePort();
        const starts = startChild(builtServer(), ['gateway'], {
          DATABASE_URL: roles.urls.gateway, MIGRATION_DATABASE_URL: '', DATA_DIR: dataDir, PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: `http://127.0.0.1:${port}`, CONSOLE_UPSTREAM: '',
        }, execArgv);
        started.push(starts);
        const gateway = await starts;
        return { ...gateway, target: { url: `http://127.0.0.1:${port}`, agents, bare: false } };
      },
    };
  } catch (error) {
    await stop().finally(unguard);
    throw error;
  }
}

/** What `npm run build` made; another build can be named, to compare two. */
export const builtServer = () => process.env.COUNTERSIGN_BUILT ?? path.join(projectRoot(), 'dist', 'server.js');

async function settingsOf(url: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const names = ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_sync_method'];
    const { rows } = await client.query<{ name: string; setting: string }>('SELECT name, setting FROM pg_settings WHERE name = ANY($1)', [names]);
    return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  } finally {
    await client.end();
  }
}
