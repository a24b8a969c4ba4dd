import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSetupLink, setPassword } from '@/lib/access';
import { makeContext } from '@/lib/context';
import { closePrisma } from '@/lib/db';
import { readEnv } from '@/lib/env';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { firstAdministrator } from './first-administrator';

describe('the first administrator at a start', () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-first-'));
  const file = path.join(dataDir, 'first-administrator', 'link.txt');
  const env = readEnv({ DATA_DIR: dataDir, PUBLIC_URL: 'https://console.example.org' });
  const ctx = makeContext({ kind: 'system', process: 'console' });
  let db: TestDatabase;
  beforeAll(async () => { db = await createTestDatabase(); process.env.DATABASE_URL = db.url; });
  afterAll(async () => { await closePrisma(); await db.drop(); rmSync(dataDir, { recursive: true }); });

  it('shows the link to a terminal, and leaves no file', async () => {
    const text = (await firstAdministrator(env, true)).join('\n');
    expect(text).toMatch(/https:\/\/console\.example\.org\/set-password\/[\w-]{43}/);
    expect(existsSync(file)).toBe(false);
  });

  it('keeps the link out of what is printed where nobody watches, in a file for this user alone; gone once a password is set', async () => {
    const printed = (await firstAdministrator(env, false)).join('\n');
    expect(printed).not.toContain('/set-password/');
    expect(printed).toContain(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const token = /set-password\/([\w-]{43})/.exec(readFileSync(file, 'utf8'))![1]!;
    expect((await readSetupLink(ctx, token)).kind).toBe('open');
    await setPassword(ctx, { token, password: 'violet harbour lantern 7' });
    expect(await firstAdministrator(env, false)).toEqual([]);
    expect(existsSync(file)).toBe(false);
  });
});
