import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** A key file that can't be used; the message is a sentence that says what to do. Never carries what the file holds. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

const isWindows = process.platform === 'win32';

/** Reads a secret file, or undefined when there is none. Refuses one that anybody but its owner may read or write. */
export function readSecretFile(file: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new KeyFileError(`The key file ${file} cannot be opened (${codeOf(error)}). Is it owned by the user that runs Countersign?`);
  }
  try {
    // Asked of the open file, not of the path: what was checked is what is read.
    const { mode } = fstatSync(fd);
    if (!isWindows && (mode & 0o077) !== 0) {
      throw new KeyFileError(`Others on this machine can read or change ${file} (mode ${octal(mode)}). Run: chmod 600 ${file} — and rotate the key if that was not meant.`);
    }
    return readFileSync(fd, 'utf8');
  } finally {
    closeSync(fd);
  }
}

/**
 * Reads the file, or writes it if nobody has yet and returns what is then in it. Written aside, synced and linked into
 * place: link fails where the name exists, so of two processes that create at once one wins, and both read its key whole.
 */
export function readOrCreateSecretFile(file: string, make: () => string): string {
  makePrivateFolder(dirname(file));
  const there = readSecretFile(file);
  return there ?? createSecretFile(file, make());
}

function createSecretFile(file: string, text: string): string {
  const aside = writeAside(file, text);
  try {
    linkSync(aside, file);
    syncFolder(dirname(file));
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw new KeyFileError(`The key file ${file} cannot be created (${codeOf(error)}). The folder must be on a file system that has hard links.`);
  } finally {
    unlinkSync(aside);
  }
  const present = readSecretFile(file);
  if (present === undefined) throw new KeyFileError(`The key file ${file} vanished while it was created.`);
  return present;
}

/** Removes the file; no file is as good. */
export function removeSecretFile(file: string): void {
  rmSync(file, { force: true });
  syncFolder(dirname(file));
}

/** Puts new contents in the file's place at once: a reader sees the old or the new, never half. */
export function replaceSecretFile(file: string, text: string): void {
  makePrivateFolder(dirname(file));
  renameSync(writeAside(file, text), file);
  syncFolder(dirname(file));
}

/** Makes the folder 0700, or refuses one that others may enter. */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode } = statSync(folder);
  if (!isWindows && (mode & 0o077) !== 0) {
    throw new KeyFileError(`Others on this machine can enter the key folder ${folder} (mode ${octal(mode)}). Run: chmod 700 ${folder}`);
  }
}

function writeAside(file: string, text: string): string {
  const aside = `${file}.${process.pid}.${randomBytes(6).toString('hex')}.new`;
  const fd = openSync(aside, 'wx', 0o600);
  try {
    if (!isWindows) fchmodSync(fd, 0o600);
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return aside;
}

function syncFolder(folder: string): void {
  if (isWindows) return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

const octal = (mode: number) => `0${(mode & 0o777).toString(8)}`;
const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown error';
const hasCode = (error: unknown, code: string) => codeOf(error) === code;
