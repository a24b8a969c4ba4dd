import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectRoot } from '@/lib/project-root';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

function prisma(args: string[], url: string): Promise<{ code: number | null; output: string }> {
  const cli = createRequire(path.join(projectRoot(), 'package.json')).resolve('prisma/build/index.js');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: projectRoot(), env: { ...process.env, DATABASE_URL: url, MIGRATION_DATABASE_URL: url, CHECKPOINT_DISABLE: '1', NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { output += chunk.toString(); });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

it('the migrations make exactly the tables that prisma/schema describes', async () => {
  const { code, output } = await prisma(['migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma/schema', '--exit-code'], database.url);
  expect(output).toMatch(/No difference detected/);
  expect(code).toBe(0);
});

it('a table that the schema does not know is seen', async () => {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('CREATE TABLE stray (id int PRIMARY KEY)');
  await client.end();
  const { code, output } = await prisma(['migrate', 'diff', '--from-config-datasource', '--to-schema', 'prisma/schema', '--exit-code'], database.url);
  expect(output).toMatch(/stray/);
  expect(code).toBe(2);
});

it('says by its exit code whether migrations wait', async () => {
  const { code, output } = await prisma(['migrate', 'status'], database.url);
  expect(output).toMatch(/up to date/);
  expect(code).toBe(0);
});
