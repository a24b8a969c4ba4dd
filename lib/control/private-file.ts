import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/** Puts new contents in a file that only its owner may read, at once: a reader sees the old or the new, never half. */
export function replacePrivateFile(file: string, text: string): void {
  const aside = `${file}.${process.pid}.new`;
  const fd = openSync(aside, 'w', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(aside, file);
}
