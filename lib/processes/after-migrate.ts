import { existsSync } from 'node:fs';
import path from 'node:path';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import type { Env } from '@/lib/env';
import { anchorFile, fileAnchor } from '@/lib/log';
import { FileKeys } from '@/lib/signing';
import { stopWhatWasSetBack } from '@/lib/switches';
import { firstAdministrator } from './first-administrator';

/**
 * The one place for what a migrated database needs before anybody is served: a stop where it is
 * older than what was kept outside it, a first administrator, a first signed bundle.
 * Runs as the owner, at every start, so each step looks first whether it is done. Returns lines for the person at the terminal.
 */
export async function afterMigrate(env: Env, ownerUrl: string): Promise<string[]> {
  // The rooms find the database by this name; children get addresses of their own.
  process.env.DATABASE_URL = ownerUrl;
  try {
    return [...(await heldAgainstAnchor(env)), ...(await firstAdministrator(env)), ...(await firstBundle(env))];
  } finally {
    // The owner's connections are not kept for the life of the processes.
    await closePrisma();
    await closePools();
  }
}

/** A database that was set back has forgotten stops: nobody is served before that is known. The worker looks again all along. */
async function heldAgainstAnchor(env: Env): Promise<string[]> {
  const file = anchorFile(env.dataDir);
  if (!existsSync(file)) return [];
  const lines: string[] = [];
  await fileAnchor(file, async (found) => {
    await stopWhatWasSetBack(makeContext({ kind: 'system', process: 'supervisor' }), 'file', found);
    lines.push('  STOPPED: the database is older than its own checkpoints that were kept outside it (a restored backup, or a cut log).', '  Nothing is allowed until somebody has looked and releases it, in the console under Switches.');
  }).handOver();
  return lines;
}

/** Policies to begin with, signed with the worker's key, which on this machine is ours as well. */
async function firstBundle(env: Env): Promise<string[]> {
  const [any] = await sql.rows<{ there: boolean }>('SELECT EXISTS (SELECT 1 FROM bundle) AS there');
  if (any?.there) return [];
  // Loaded only here: Cedar costs every later start half a second.
  const { ensureStarterBundle } = await import('@/lib/policies');
  const keys = new FileKeys({ folder: path.join(env.dataDir, 'keys'), holds: ['bundle'] });
  const made = await ensureStarterBundle(makeContext({ kind: 'system', process: 'supervisor' }), { keys });
  return made === 'published' ? ['  The starter policies are in force: the console shows them under Policies.'] : [];
}
