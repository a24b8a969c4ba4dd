import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { projectRoot } from '@/lib/project-root';
import { newPassword, readLocalSecrets, writeLocalSecrets } from './local-secrets';

export const databaseRoles = ['gateway', 'console', 'control', 'worker', 'retention'] as const;
export type DatabaseRole = (typeof databaseRoles)[number];

export const roleName = (role: DatabaseRole) => `countersign_${role}`;

/** `shared`: every process uses the one given address, and what a process may touch is then up to that address alone. */
export type RoleUrls = { kind: 'separate'; urls: Record<DatabaseRole, string> } | { kind: 'shared'; url: string; reason: string };

/**
 * Makes a login role for each process, with grants from prisma/roles.sql; passwords are kept in `dataDir`. Safe to repeat.
 * Roles whose passwords are not held belong to another installation, unless the whole server is ours (`ownServer`): then they get new ones.
 */
export async function ensureRoles(ownerUrl: string, dataDir: string, ownServer = false): Promise<RoleUrls> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('BEGIN');
    // Two first starts on one database take turns; catalogue rows don't bear concurrent writers.
    await client.query(`SELECT pg_advisory_xact_lock(hashtext('countersign/roles'))`);
    const held = readLocalSecrets(dataDir);
    const { rows: existing } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles WHERE rolname = ANY($1)', [databaseRoles.map(roleName)]);
    const there = new Set(existing.map((row) => row.rolname));
    const unknown = databaseRoles.filter((role) => there.has(roleName(role)) && !held.roles[role]);
    if (unknown.length > 0 && !ownServer) return await shared(client, ownerUrl, `the roles of this database (${unknown.map(roleName).join(', ')}) have passwords that this DATA_DIR doesn't hold`);
    if (!(await mayCreateRoles(client))) return await shared(client, ownerUrl, 'the given address may not create database roles');

    const passwords = Object.fromEntries(databaseRoles.map((role) => [role, held.roles[role] ?? newPassword()])) as Record<DatabaseRole, string>;
    // On disk before they are set: a crash in between leaves roles whose passwords are known.
    writeLocalSecrets(dataDir, { ...held, roles: { ...held.roles, ...passwords } });
    for (const role of databaseRoles) {
      const password = client.escapeLiteral(passwords[role]);
      if (!there.has(roleName(role))) await client.query(`CREATE ROLE ${roleName(role)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD ${password}`);
      else if (!held.roles[role]) await client.query(`ALTER ROLE ${roleName(role)} PASSWORD ${password}`);
    }
    await client.query(readFileSync(path.join(projectRoot(), 'prisma', 'roles.sql'), 'utf8'));
    await client.query('COMMIT');
    return { kind: 'separate', urls: Object.fromEntries(databaseRoles.map((role) => [role, withLogin(ownerUrl, roleName(role), passwords[role])])) as Record<DatabaseRole, string> };
  } finally {
    await client.end();
  }
}

async function shared(client: pg.Client, url: string, reason: string): Promise<RoleUrls> {
  await client.query('ROLLBACK');
  return { kind: 'shared', url, reason };
}

async function mayCreateRoles(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>('SELECT rolcreaterole OR rolsuper AS may FROM pg_roles WHERE rolname = current_user');
  return rows[0]?.may === true;
}

export function withLogin(url: string, user: string, password: string): string {
  const address = new URL(url);
  address.username = encodeURIComponent(user);
  address.password = encodeURIComponent(password);
  return address.href;
}
