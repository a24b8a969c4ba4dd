import { chmodSync, chownSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { unavailable } from '@/lib/errors';

/** The operating system's user that Postgres runs as: ourselves, or for root somebody else, since Postgres refuses root. */
export type Account = { kind: 'self' } | { kind: 'other'; uid: number; gid: number };

const NOBODY = 65_534;

export function chooseAccount(folder: string): Account {
  if (process.getuid?.() !== 0) return { kind: 'self' };
  const owner = statSync(folder, { throwIfNoEntry: false });
  // A folder that an ordinary user's run has made stays that user's, also when root starts it once.
  if (owner && owner.uid !== 0) return { kind: 'other', uid: owner.uid, gid: owner.gid };
  return { kind: 'other', uid: NOBODY, gid: NOBODY };
}

/** `spawn` options that run a program as the account, in a folder that it can enter. */
export function runAs(account: Account, cwd: string) {
  const base = { cwd, env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}) } as unknown as NodeJS.ProcessEnv };
  return account.kind === 'self' ? base : { ...base, uid: account.uid, gid: account.gid };
}

/** Makes `dataDir` for us and `folder` in it for the account alone. */
export function prepareFolder(dataDir: string, folder: string, account: Account): void {
  try {
    const isNew = mkdirSync(dataDir, { recursive: true, mode: 0o700 }) !== undefined;
    // The other account has to pass through, and may not list: the secrets inside have modes of their own.
    if (account.kind === 'other') { if (isNew || (statSync(dataDir).mode & 0o001) === 0) chmodSync(dataDir, 0o711); }
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (account.kind === 'other') chownSync(folder, account.uid, account.gid);
    chmodSync(folder, 0o700);
  } catch (cause) {
    throw explainFolder(folder, cause);
  }
}

export function explainFolder(folder: string, cause: unknown): Error {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    const owner = statSync(folder, { throwIfNoEntry: false });
    const whose = owner && process.getuid && owner.uid !== process.getuid() ? ` It belongs to the user with id ${owner.uid}: start as that user, or` : '';
    return unavailable(`The database's folder ${folder} cannot be written (${code}).${whose || ' Make it writable, or'} set DATA_DIR to a folder that can be written.`, undefined, cause);
  }
  if (code === 'ENOSPC') return unavailable(`There is no space left for the database in ${folder}.`, undefined, cause);
  return cause as Error;
}

/** The first folder above `target` that the account may not pass, or undefined. Modes alone: access lists are not read. */
export function firstClosedFolder(target: string, account: Account): string | undefined {
  if (account.kind === 'self') return undefined;
  const parts = path.resolve(target).split(path.sep).slice(0, -1);
  for (let i = 1; i <= parts.length; i++) {
    const folder = parts.slice(0, i).join(path.sep) || path.sep;
    const found = statSync(folder, { throwIfNoEntry: false });
    if (!found) return undefined;
    const passes = found.uid === account.uid ? found.mode & 0o100 : found.gid === account.gid ? found.mode & 0o010 : found.mode & 0o001;
    if (!passes) return folder;
  }
  return undefined;
}

/** Says before anything is made why the account could never run what stands there. */
export function refuseUnreachable(account: Account, programs: string, dataDir: string): void {
  const closed = firstClosedFolder(programs, account) ?? firstClosedFolder(dataDir, account);
  if (!closed || account.kind === 'self') return;
  throw unavailable(
    `Postgres does not run as root, and the user with id ${account.uid}, which runs it instead, may not enter ${closed}.\n` +
    `Start Countersign as an ordinary user, or move the project (and DATA_DIR) outside ${closed}, for example to /srv, or set DATABASE_URL to a Postgres of your own.`,
  );
}
