import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import pg from 'pg';
import { unavailable } from '@/lib/errors';
import { projectRoot } from '@/lib/project-root';

/** How the database stands to prisma/migrations. */
export type MigrationState =
  | { kind: 'current' }
  | { kind: 'behind'; pending: string[] }
  | { kind: 'ahead'; unknown: string[] }
  | { kind: 'broken'; migration: string };

export function compareMigrations(known: string[], rows: { name: string; finished: boolean; rolledBack: boolean }[]): MigrationState {
  const standing = rows.filter((row) => !row.rolledBack);
  const broken = standing.find((row) => !row.finished);
  if (broken) return { kind: 'broken', migration: broken.name };
  const applied = new Set(standing.map((row) => row.name));
  const unknown = [...applied].filter((name) => !known.includes(name));
  if (unknown.length > 0) return { kind: 'ahead', unknown };
  const pending = known.filter((name) => !applied.has(name));
  return pending.length > 0 ? { kind: 'behind', pending } : { kind: 'current' };
}

export async function migrationState(url: string): Promise<MigrationState> {
  const known = readdirSync(path.join(projectRoot(), 'prisma', 'migrations'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows: [table] } = await client.query<{ there: boolean }>(`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`);
    if (!table?.there) return compareMigrations(known, []);
    const { rows } = await client.query<{ name: string; finished: boolean; rolledBack: boolean }>(
      `SELECT migration_name AS name, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS "rolledBack" FROM _prisma_migrations`);
    return compareMigrations(known, rows);
  } finally {
    await client.end();
  }
}

/**
 * Brings the database to this version. A look by SQL first, since Prisma's own start takes seconds that a second start doesn't have.
 * Returns the names of the migrations it applied.
 */
export async function migrate(url: string): Promise<string[]> {
  const before = await migrationState(url);
  switch (before.kind) {
    case 'current': return [];
    case 'ahead':
      throw unavailable(`The database has migrations that this version doesn't know (${before.unknown.join(', ')}): a newer Countersign has used it. Start that version, or restore a backup from before it.`);
    case 'broken':
      throw unavailable(`The migration ${before.migration} stopped half way in the database. Look at what it left, then run "npx prisma migrate resolve" as docs/operating.md says.`);
    case 'behind':
      await deploy(url);
      return before.pending;
  }
}

function deploy(url: string): Promise<void> {
  const root = projectRoot();
  const cli = createRequire(path.join(root, 'package.json')).resolve('prisma/build/index.js');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, 'migrate', 'deploy'], {
      cwd: root,
      env: { ...process.env, DATABASE_URL: url, MIGRATION_DATABASE_URL: url, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1', NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      reject(unavailable(`The database could not be migrated. Prisma's own words:\n${output.replaceAll(url, '(the database address)').trim()}`));
    });
  });
}
