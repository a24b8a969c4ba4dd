import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { newId } from '@/lib/protocol';
import { StateFileError } from './errors';

const request = z.object({ requestId: z.string(), actionId: z.string().optional(), tool: z.string(), digest: z.string() });
const sessionSchema = z.object({
  id: z.string(),
  purpose: z.string(),
  principal: z.object({ type: z.enum(['user', 'service']), id: z.string(), name: z.string().optional() }).optional(),
  model: z.string().optional(),
  /** Asked and not decided yet, as far as this process was told. Arguments are not kept: they may be secret. */
  requests: z.array(request),
});
const stateSchema = z.object({ version: z.literal(1), instanceId: z.string(), lastEpoch: z.number(), sessions: z.array(sessionSchema) });

export type SavedState = z.infer<typeof stateSchema>;
export type SavedSession = z.infer<typeof sessionSchema>;
export type SavedRequest = z.infer<typeof request>;

/** Where the state is kept: in a file, or nowhere when the agent doesn't want to survive a restart. */
export interface StateStore {
  read(): Promise<SavedState | undefined>;
  /** Resolves once the newest state is on disk. */
  write(state: SavedState): Promise<void>;
}

export const noState: StateStore = { read: async () => undefined, write: async () => {} };

/**
 * A small JSON file, replaced as a whole: written beside, fsynced, renamed over, the folder fsynced. Whenever the power goes,
 * either the old state is there or the new one. Writes that come while one is under way are joined into the next.
 */
export class StateFile implements StateStore {
  #next: SavedState | undefined;
  #writing: Promise<void> | undefined;
  #asked = 0;
  #done = 0;
  readonly #path: string;

  constructor(file: string) {
    this.#path = path.resolve(file);
  }

  async read(): Promise<SavedState | undefined> {
    let text: string;
    try {
      text = await readFile(this.#path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new StateFileError(`The state file ${this.#path} cannot be read.`, { cause });
    }
    try {
      return stateSchema.parse(JSON.parse(text));
    } catch (cause) {
      throw new StateFileError(`The state file ${this.#path} is not one of ours. Name another file, or move this one away: what was open is then closed by the gateway when its lease ends.`, { cause });
    }
  }

  async write(state: SavedState): Promise<void> {
    this.#next = state;
    const mine = ++this.#asked;
    // The write under way may have begun before this state; the one after it takes this along.
    while (this.#done < mine) {
      this.#writing ??= this.#flush().finally(() => { this.#writing = undefined; });
      await this.#writing;
    }
  }

  async #flush(): Promise<void> {
    const upTo = this.#asked;
    const state = this.#next as SavedState;
    const temporary = `${this.#path}.${newId()}.tmp`;
    try {
      await mkdir(path.dirname(this.#path), { recursive: true });
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(JSON.stringify(state));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
      await syncFolder(path.dirname(this.#path));
      this.#done = upTo;
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => {});
      throw new StateFileError(`The state file ${this.#path} cannot be written.`, { cause });
    }
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder; its rename is durable by its journal.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try { await handle.sync(); } finally { await handle.close(); }
}
