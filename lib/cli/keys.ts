import path from 'node:path';
import { env } from '@/lib/env';
import { FileKeys, publicKeyText } from '@/lib/signing';
import { command, CommandFailure, EXIT, only, wrongUse } from './command';

const shown = { checkpoint: 'checkpoint', control: 'control/order', bundle: 'bundle', permit: 'permit', 'agent-token': 'agent-token' } as const;
const isShown = (name: string): name is keyof typeof shown => Object.hasOwn(shown, name);

export const keysShow = command(`countersign keys show checkpoint|control|bundle|permit|agent-token [--json]

Prints public keys; needs nothing to be running, but must see the installation's DATA_DIR.

  checkpoint       what "countersign verify --key" takes. Keep it where whoever could change the log can't.
  control          what agents take as COUNTERSIGN_CONTROL_PIN.
`, {}, async (_values, positionals) => {
  const name = only(positionals, 'a key');
  if (!isShown(name)) throw wrongUse(`There is no key "${name}": ${Object.keys(shown).join(', ')}.`);
  const folder = path.join(env().dataDir, 'keys');
  const live = [...new FileKeys({ folder, holds: [] }).verificationKeys(shown[name]).values()];
  if (live.length === 0) throw new CommandFailure(`${folder} has no ${name} key yet. It is made when Countersign first starts; if it runs with another DATA_DIR, set the same here.`, EXIT.refused);
  // After a rotation two are live, and both are needed: what was signed before stays signed by the old one.
  const key = live.map(({ jwk }) => publicKeyText(jwk)).join(',');
  return { json: { name, key, keys: live.map(({ jwk }) => jwk) }, text: `${key}\n` };
});
