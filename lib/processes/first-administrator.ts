import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ensureFirstAdministrator } from '@/lib/access';
import { makeContext } from '@/lib/context';
import type { Env } from '@/lib/env';

/**
 * Sees to it that somebody can sign in. A link that sets a password is shown to a terminal; where standard output may be
 * kept or sent on (a service's log, CI) it goes into a file that only this user can read.
 */
export async function firstAdministrator(env: Env, toTerminal = process.stdout.isTTY === true): Promise<string[]> {
  const file = path.join(env.dataDir, 'first-administrator', 'link.txt');
  const first = await ensureFirstAdministrator(makeContext({ kind: 'system', process: 'supervisor' }), { email: env.adminEmail, password: env.adminPassword });
  // One from an earlier start opens nothing any more.
  rmSync(path.dirname(file), { recursive: true, force: true });
  if (first.kind === 'present') return [];
  if (first.kind === 'password_set') return [`  ${first.email} is the first administrator, with the password from the environment.`];
  const address = `${env.publicUrl}${first.link.path}`;
  const what = `set the password of the first administrator, ${first.email} (once, within 15 minutes; each start makes a new one until it is set)`;
  if (toTerminal) return ['', `  Open this to ${what}:`, `  ${address}`, ''];
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `Open this to ${what}:\n${address}\n`, { mode: 0o600, flag: 'wx' });
  return [`  The link to ${what} is in ${file}`];
}
