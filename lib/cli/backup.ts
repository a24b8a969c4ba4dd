import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { makeBackup } from '@/lib/backup';
import { closePools, ownerUrl } from '@/lib/db';
import { env } from '@/lib/env';
import { askWorker } from './ask-worker';
import { command, CommandFailure, EXIT, none, wrongUse } from './command';

const begunSchema = z.object({ backupId: z.string(), madeAt: z.string(), source: z.string(), checkpoint: z.object({ index: z.number(), hash: z.string() }) });

export const backup = command(`countersign backup --out FILE [--json]

Writes the whole database, as of one moment, into one new file that only you can read, signed with the checkpoint key; whatever
runs goes on. A checkpoint is made first, and that you backed up is on the record. Reads as the database's owner.

There are NO KEYS in it: back up DATA_DIR/keys apart, and keep the two in different places. Without the keys the texts in the
backup open to nobody; with both they open to anybody.
`, { out: { type: 'string' } }, async (values, positionals) => {
  none(positionals);
  if (!values.out) throw wrongUse('Say where to: --out FILE.');
  const file = path.resolve(values.out);
  if (existsSync(file)) throw new CommandFailure(`${file} exists already, and a backup replaces nothing. Choose another name.`, EXIT.refused);
  const settings = env();
  const since = performance.now();
  const begun = await askWorker('backup-begin', {}, begunSchema);
  try {
    const { manifest, bytes, sha256 } = await makeBackup({ ownerUrl: ownerUrl(settings), file, begun, seal: async (seal) => (await askWorker('backup-seal', seal, z.object({ jws: z.string() }))).jws });
    const seconds = (performance.now() - since) / 1_000;
    const rate = Math.round(manifest.events / seconds);
    return {
      json: { file, bytes, sha256, backupId: manifest.backupId, madeAt: manifest.madeAt, events: manifest.events, tables: manifest.tables.length, checkpoint: manifest.checkpoint.index, eventsPerSecond: rate },
      text: `${manifest.events} events and ${manifest.tables.length} tables in ${seconds.toFixed(1)} s (${rate} events/s), ${bytes} bytes: ${file}\nSHA-256 ${sha256}\nNo keys are in it. Back up ${path.join(settings.dataDir, 'keys')} apart, and keep the two in different places.\n`,
    };
  } finally {
    await closePools();
  }
});
