import { z } from 'zod';
import { askWorker } from './ask-worker';
import { command, only, wrongUse } from './command';

export const sessionErase = command(`countersign session erase ID --reason TEXT [--json]

Destroys every text of one session (arguments, inputs, outputs, plans, reasons) and the key that opens them, for good. What
happened stays on the record, which still verifies and says "erased" in their place. A session that has not ended is refused.

  --reason         why; it stands in the place of the texts.
`, { reason: { type: 'string' } }, async (values, positionals) => {
  const sessionId = only(positionals, 'a session by its id');
  if (!values.reason) throw wrongUse('Say why: --reason TEXT.');
  const done = await askWorker('session-erase', { sessionId, reason: values.reason }, z.object({ erasureId: z.string(), sessionId: z.string(), payloads: z.number() }));
  return { json: done, text: `${done.payloads} ${done.payloads === 1 ? 'text' : 'texts'} of ${sessionId} erased, and the key with them.\n` };
});
