import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sqlTransaction } from '@/lib/db';
import { organisationEvent, record, type Checkpoints } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { signJwsWith, type KeyProvider } from '@/lib/signing';
import { BACKUP_TYP, sealSchema } from './schema';

export type BegunBackup = { backupId: string; madeAt: string; source: string; checkpoint: { index: number; hash: string } };

/** Signs a checkpoint, so that everything up to now is vouched for inside the backup that follows, and gives it its name. */
export async function beginBackup(ctx: Context, deps: { checkpoints: Checkpoints; source: string }): Promise<BegunBackup> {
  authorise(ctx, 'backup.make');
  const { checkpoint, hash } = await deps.checkpoints.sign(ctx);
  return { backupId: newId(), madeAt: ctx.now().toISOString(), source: deps.source, checkpoint: { index: checkpoint.index, hash } };
}

/** Signs what a backup came to, after that is on the record. */
export async function sealBackup(ctx: Context, keys: KeyProvider, input: unknown): Promise<{ jws: string }> {
  authorise(ctx, 'backup.make');
  const seal = parseInput(sealSchema, input);
  const jws = await signJwsWith(keys, 'checkpoint', BACKUP_TYP, seal);
  await sqlTransaction((tx) => record(tx, ctx, [organisationEvent('backup.made', { backupId: seal.backupId, events: seal.events, sha256: seal.sha256, checkpoint: seal.checkpoint })]));
  return { jws };
}
