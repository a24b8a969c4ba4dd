import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DemoEffects } from './schema';

/** Where a run leaves its traces. */
export const runFolder = (dataDir: string, runId: string): string => path.join(dataDir, 'demo', runId);

/** What the demo's tools do to the world: files in the run's folder, each named by the action that it came from. */
export class Effects {
  constructor(readonly folder: string) {}

  async prepare(): Promise<void> {
    for (const name of ['outbox', 'exports', 'files', 'state']) await mkdir(path.join(this.folder, name), { recursive: true, mode: 0o700 });
  }

  /** A mail that was "sent". An action sends once: a second file of its name is refused. */
  mail(actionId: string, mail: Record<string, unknown>): Promise<void> {
    return writeFile(path.join(this.folder, 'outbox', `${actionId}.json`), `${JSON.stringify({ simulated: true, actionId, at: new Date().toISOString(), ...mail }, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  }

  async export(actionId: string, text: string): Promise<string> {
    const name = `${actionId}.csv`;
    await writeFile(path.join(this.folder, 'exports', name), text, { flag: 'wx', mode: 0o600 });
    return name;
  }

  refund(actionId: string, row: Record<string, unknown>): Promise<void> { return this.#row('ledger.ndjson', actionId, row); }
  command(actionId: string, row: Record<string, unknown>): Promise<void> { return this.#row('commands.ndjson', actionId, row); }
  ticket(actionId: string, row: Record<string, unknown>): Promise<void> { return this.#row('tickets.ndjson', actionId, row); }

  #row(file: string, actionId: string, row: Record<string, unknown>): Promise<void> {
    return appendFile(path.join(this.folder, file), `${JSON.stringify({ simulated: true, actionId, at: new Date().toISOString(), ...row })}\n`, { mode: 0o600 });
  }
}

/** Counts what a run has done; null where its folder is not to be seen. */
export async function countEffects(folder: string): Promise<DemoEffects | null> {
  try {
    const [mails, exports, refunds, commands] = await Promise.all([files(path.join(folder, 'outbox')), files(path.join(folder, 'exports')), rows(path.join(folder, 'ledger.ndjson')), rows(path.join(folder, 'commands.ndjson'))]);
    return { mails, refunds, exports, commands };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

const files = async (folder: string): Promise<number> => (await readdir(folder)).length;
const rows = (file: string): Promise<number> => readFile(file, 'utf8').then((text) => text.split('\n').filter(Boolean).length, (error: unknown) => { if (isMissing(error)) return 0; throw error; });
const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';
