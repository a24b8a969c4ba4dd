import { restoreBackup, type Restored } from '@/lib/backup';
import { makeContext } from '@/lib/context';
import { closePools } from '@/lib/db';
import type { Env } from '@/lib/env';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { openDatabase } from './supervisor-database';

/** Brings up this installation's own database, migrated and empty, loads the backup and puts it down again. Nothing else runs. */
export async function restoreHere(env: Env, file: string, keys: KeySet): Promise<Restored> {
  const database = await openDatabase(env, () => {});
  try {
    return await restoreBackup(makeContext({ kind: 'system', process: 'supervisor' }), { ownerUrl: database.ownerUrl, file, keys });
  } finally {
    await closePools();
    await database.stop();
  }
}
