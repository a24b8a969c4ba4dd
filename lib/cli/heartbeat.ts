import { z } from 'zod';
import { command, CommandFailure, EXIT, printable, wrongUse, type Said } from './command';
import { callControl, controlDoor, ControlRefusal, KEY_MISSING } from './control-client';

const USAGE = `countersign heartbeat [ID] [--url URL --key KEY] [--json]

Says that a person is here: every dead-man switch that is armed, or the one named, waits anew. On the host it needs no key; from
elsewhere give --url (control's address) and --key (or COUNTERSIGN_CONTROL_KEY), a control key with the scope heartbeat.
Do not give it to a clock: whoever does has no dead-man switch.

Exit code: 0 taken, 1 refused or too late, 2 wrong use, 3 control does not answer, or its database is away.
`;

const beatSchema = z.object({ at: z.string(), kept: z.array(z.object({ id: z.string(), scope: z.string(), target: z.string(), firesAt: z.string() })) });

export const heartbeatCommand = command(USAGE, { url: { type: 'string' }, key: { type: 'string' } }, async ({ url, key }, positionals): Promise<Said> => {
  const [id, ...more] = positionals;
  if (more.length > 0) throw wrongUse('Name one dead-man switch, or none for all of them.');
  const door = controlDoor(url, key);
  if (!door) throw wrongUse(KEY_MISSING);
  const { at, kept } = beatSchema.parse(await callControl(door, 'POST', '/v1/heartbeat', id === undefined ? {} : { id }).catch((error: unknown) => {
    throw error instanceof ControlRefusal ? new CommandFailure(error.message, error.code === 'unavailable' ? EXIT.unreachable : EXIT.refused) : error;
  }));
  const lines = kept.map((one) => `heard   ${printable(`${one.scope} ${one.target}`)} fires at ${one.firesAt}, unless somebody is here again before; switch ${one.id}`);
  return { json: { at, kept }, text: `${lines.length > 0 ? lines.join('\n') : 'No dead-man switch is armed; there is nothing to keep from firing.'}\n` };
});
