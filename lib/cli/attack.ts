import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { localCaseSchema } from '@/lib/attacks/schema';
import { env } from '@/lib/env';
import { askWorker } from './ask-worker';
import { command, CommandFailure, EXIT, only } from './command';

export const attackAdd = command(`countersign attack add SESSION [--benign] [--class NAME] [--action ID]… [--out FILE] [--json]

Makes a case of the attack suite from what really happened in a session: what it read, and the actions that did not run (or those named).
Detected secrets are hidden; everything else is as it was, so the file is yours to keep: by default below DATA_DIR/attacks, readable to
you alone. Run it with "npm run attack -- --cases FILE".

  --benign   the session was harmless, and should not have been refused what it asked for.
  --class    how the attack came, e.g. "indirect" (default) or "exfiltration".
  --action   an action by its id, as the session's page shows it; can be given several times.
  --out      another file to write to, which must not exist yet.
`, { benign: { type: 'boolean' }, class: { type: 'string' }, action: { type: 'string', multiple: true }, out: { type: 'string' } }, async (values, positionals) => {
  const sessionId = only(positionals, 'a session by its id');
  const { case: made } = await askWorker('attack-case', { sessionId, side: values.benign ? 'benign' : 'attack', ...(values.class === undefined ? {} : { class: values.class }), ...(values.action ? { actions: values.action } : {}) }, z.object({ case: localCaseSchema }));
  const file = path.resolve(values.out ?? path.join(env().dataDir, 'attacks', `${sessionId}.json`));
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify(made, null, 2)}\n`, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailure(error.code === 'EEXIST' ? `${file} is there already. Choose another --out.` : `${file} cannot be written (${error.code ?? 'unknown error'}).`, EXIT.refused);
  });
  const calls = (made.attack ?? made.benign)!.calls.length;
  return { json: { file, id: made.id, reads: made.reads.length, calls }, text: `${file}: ${made.reads.length} ${made.reads.length === 1 ? 'text' : 'texts'} read, ${calls} ${calls === 1 ? 'call' : 'calls'} asked for.\n` };
});
