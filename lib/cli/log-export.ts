import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { send } from './ask-worker';
import { command, CommandFailure, EXIT, none, wrongUse } from './command';

const aboutSchema = z.object({ exportId: z.string(), streams: z.number(), events: z.number(), checkpoint: z.number() });

export const logExport = command(`countersign log export --out FILE [--json]

Writes the whole log to FILE: every event as it was hashed, and the signed checkpoints that cover them. A checkpoint is
made first, and that you exported is itself on the record. Texts that were sealed are not in it, only whether they are
still there. FILE is complete or not there at all.

Check it anywhere with: countersign verify FILE --key "$(countersign keys show checkpoint)"
`, { out: { type: 'string' } }, async (values, positionals) => {
  none(positionals);
  if (!values.out) throw wrongUse('Say where to: --out FILE.');
  const file = path.resolve(values.out);
  const aside = `${file}.${process.pid}.part`;
  const handle = await openNew(aside);
  try {
    const reply = await send('log-export', {});
    let bytes = 0;
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      await handle.writeFile(chunk);
      bytes += chunk.length;
    }
    if (!reply.complete) throw new CommandFailure('The export broke off. Nothing was kept; try again.', EXIT.refused);
    await handle.sync();
    await handle.close();
    await rename(aside, file);
    await syncFolder(path.dirname(file));
    const about = aboutSchema.parse(JSON.parse(reply.headers['countersign-export'] as string));
    return { json: { file, bytes, ...about }, text: `${about.events} events in ${about.streams} streams, up to checkpoint ${about.checkpoint}: ${file}\n` };
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(aside, { force: true });
    throw (error as NodeJS.ErrnoException).code === 'ECONNRESET' ? new CommandFailure('The export broke off; the worker\'s log says why. Nothing was kept; try again.', EXIT.refused) : error;
  }
});

async function openNew(file: string) {
  try {
    return await open(file, 'wx', 0o600);
  } catch (error) {
    throw new CommandFailure(`${path.dirname(file)} cannot be written to (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}). Choose another --out.`, EXIT.refused);
  }
}

/** The new name is on the disk too, where the system lets a folder be synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
