import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { startEmbedded, type EmbeddedServer } from './embedded';
import { ensureOwnDatabase } from './embedded-database';
import { readLocalSecrets, writeLocalSecrets } from './local-secrets';
import { migrate, migrationState } from './migrate';
import { ensureRoles } from './roles';

let server: EmbeddedServer | undefined;
let dataDir: string;
afterEach(async () => { await server?.stop(); rmSync(dataDir, { recursive: true, force: true }); });

async function whoAmI(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try { return (await client.query<{ current_user: string }>('SELECT current_user')).rows[0]?.current_user; } finally { await client.end(); }
}

describe('a database of our own', () => {
  it('is migrated once, gives every process its role, and opens again with what the folder holds', async () => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-roles-'));
    server = await startEmbedded({ dataDir, durable: false });
    const owner = await ensureOwnDatabase(server.superuserUrl, dataDir);
    expect((await migrate(owner)).length).toBeGreaterThan(0);
    expect(await migrate(owner)).toEqual([]);
    expect(await migrationState(owner)).toEqual({ kind: 'current' });

    const first = await ensureRoles(owner, dataDir, true);
    expect(first.kind).toBe('separate');
    // A second start finds everything by what DATA_DIR holds.
    expect(await ensureOwnDatabase(server.superuserUrl, dataDir)).toBe(owner);
    expect(await ensureRoles(owner, dataDir, true)).toEqual(first);
    expect(await whoAmI(owner)).toBe('countersign_owner');
    if (first.kind === 'separate') expect(await whoAmI(first.urls.worker)).toBe('countersign_worker');

    // Another installation's roles are left alone; a lost file of our own server is made up for.
    const held = readLocalSecrets(dataDir);
    writeLocalSecrets(dataDir, { ...held, roles: {} });
    expect(await ensureRoles(owner, dataDir)).toMatchObject({ kind: 'shared', url: owner });
    const renewed = await ensureOwnDatabase(server.superuserUrl, dataDir);
    const again = await ensureRoles(renewed, dataDir, true);
    if (again.kind === 'separate') expect(await whoAmI(again.urls.gateway)).toBe('countersign_gateway');
    expect(again).not.toEqual(first);

    // An address that may not create roles is used by everybody, and says so.
    if (again.kind === 'separate') expect(await ensureRoles(again.urls.worker, mkdtempSync(path.join(dataDir, 'other-')))).toMatchObject({ kind: 'shared' });
  }, 120_000);
});
