import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '@/lib/db/embedded';
import { ensureOwnDatabase } from '@/lib/db/embedded-database';
import { migrate } from '@/lib/db/migrate';
import { databaseRoles, ensureRoles, type DatabaseRole } from '@/lib/db/roles';

export type TestServer = { superuserUrl: string; ownerUrl: string; template: string; passwords: Record<DatabaseRole, string> };

declare module 'vitest' {
  export interface ProvidedContext { testServer: TestServer }
}

const TEMPLATE = 'countersign_template';

/** One throw-away Postgres for a whole run, migrated once; gone without a trace afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-test-'));
  const removeFolder = () => rmSync(dataDir, { recursive: true, force: true });
  const server = await startEmbedded({ dataDir, durable: false, settings: { max_connections: '400', autovacuum: 'off', log_min_messages: 'fatal', wal_level: 'minimal', max_wal_senders: '0' } })
    .catch((error: unknown) => { removeFolder(); throw error; });
  const teardown = async () => {
    await server.stop();
    removeFolder();
  };
  try {
    const ownerUrl = await ensureOwnDatabase(server.superuserUrl, dataDir, TEMPLATE);
    await migrate(ownerUrl);
    const roles = await ensureRoles(ownerUrl, dataDir);
    if (roles.kind !== 'separate') throw new Error(`The test server has no roles of its own: ${roles.reason}`);
    const passwords = Object.fromEntries(databaseRoles.map((role) => [role, decodeURIComponent(new URL(roles.urls[role]).password)])) as Record<DatabaseRole, string>;
    project.provide('testServer', { superuserUrl: server.superuserUrl(), ownerUrl, template: TEMPLATE, passwords });
    return teardown;
  } catch (error) {
    await teardown();
    throw error;
  }
}
