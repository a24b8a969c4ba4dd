import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { unavailable } from '@/lib/errors';

const secretsSchema = z.object({ port: z.number().optional(), superuser: z.string().optional(), roles: z.record(z.string(), z.string()).default({}) });
/** What this folder alone knows about its database: the port it prefers and passwords by role. */
export type LocalSecrets = z.infer<typeof secretsSchema>;

const fileOf = (dataDir: string) => path.join(dataDir, 'database.json');

export function readLocalSecrets(dataDir: string): LocalSecrets {
  try {
    return secretsSchema.parse(JSON.parse(readFileSync(fileOf(dataDir), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { roles: {} };
    throw unavailable(`${fileOf(dataDir)} (the database's passwords) cannot be read. Restore it from a backup; without it the database beside it cannot be opened.`, undefined, error);
  }
}

/** Written whole or not at all, and on the disk before anything relies on it. */
export function writeLocalSecrets(dataDir: string, secrets: LocalSecrets): void {
  renameSync(writeDraft(dataDir, secrets), fileOf(dataDir));
}

/** The superuser's password, made up at the first call. Of two processes that start at once, both get the one that was first. */
export function ensureSuperuserPassword(dataDir: string): string {
  const held = readLocalSecrets(dataDir);
  if (held.superuser) return held.superuser;
  const draft = writeDraft(dataDir, { ...held, superuser: newPassword() });
  try { linkSync(draft, fileOf(dataDir)); } catch (error) { if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; }
  rmSync(draft);
  const written = readLocalSecrets(dataDir).superuser;
  if (!written) throw unavailable(`${fileOf(dataDir)} lacks the password of a database. Move it away to begin with an empty database.`);
  return written;
}

function writeDraft(dataDir: string, secrets: LocalSecrets): string {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${fileOf(dataDir)}.${process.pid}.new`;
  const file = openSync(draft, 'w', 0o600);
  try { writeSync(file, `${JSON.stringify(secrets, null, 2)}\n`); fsyncSync(file); } finally { closeSync(file); }
  return draft;
}

export const newPassword = () => randomBytes(24).toString('base64url');
