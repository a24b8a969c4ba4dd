import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { env } from '@/lib/env';
import { hostSocketPath } from '@/lib/host-socket';
import { askOn } from './ask-worker';
import { CommandFailure, EXIT } from './command';

/** Asks whichever replica of that process answers first on this host; each that holds the key can do it for all. */
export async function askKeyHolder<S extends z.ZodType>(holder: string, name: string, input: object, schema: S): Promise<z.output<S>> {
  const { dataDir } = env();
  const folders = new Set([dataDir, path.dirname(hostSocketPath(dataDir, `keys-${holder}-0000000`))]);
  const sockets = [...folders].flatMap((folder) => filesOf(folder).filter((file) => file.startsWith(`keys-${holder}-`) && file.endsWith('.sock')).map((file) => path.join(folder, file)));
  for (const socket of sockets) {
    try {
      return await askOn(socket, name, input, schema, holder);
    } catch (error) {
      // One that was killed leaves its file behind.
      if (!(error instanceof CommandFailure) || error.exit !== EXIT.unreachable) throw error;
      if (/ECONNREFUSED/.test(error.message)) rmSync(socket, { force: true });
    }
  }
  throw new CommandFailure(`No ${holder} answers here (${dataDir}). The ${holder} holds this key, so it must be running on this host; if it runs with another DATA_DIR, set the same here.`, EXIT.unreachable);
}

function filesOf(folder: string): string[] {
  try { return readdirSync(folder); } catch { return []; }
}
