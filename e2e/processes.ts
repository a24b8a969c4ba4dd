import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** The children of a process, each by the last word of its command line, as the supervisor names what it starts. */
export function childrenOf(parent: number): { pid: number; name: string }[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      if (Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) !== parent) return [];
      return [{ pid: Number(pid), name: path.basename(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).at(-1) ?? '') }];
    } catch { return []; }
  });
}

/** The embedded Postgres of the installation in this folder. */
export const postmasterOf = (dataDir: string): number => Number(readFileSync(path.join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
