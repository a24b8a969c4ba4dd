import path from 'node:path';
import { z } from 'zod';
import { env } from '@/lib/env';
import { keyFacts } from '@/lib/keys/rules';
import { rotatableNames, type RotatableName } from '@/lib/keys/rules';
import { rewrappedNames } from '@/lib/keys/schema';
import { FileKeys, isKeyName, publicKeyText } from '@/lib/signing';
import { askKeyHolder } from './ask-key-holder';
import { askWorker } from './ask-worker';
import { command, CommandFailure, EXIT, none, only, table, wrongUse } from './command';

const NAMES = 'agent-token|permit|control|bundle|checkpoint|payload-wrapping|credential-wrapping|channel-wrapping|auth';

/** `control` is short for the one key that control has. */
function keyName(given: string): RotatableName {
  const name = given === 'control' ? 'control/order' : given;
  if (!(rotatableNames as readonly string[]).includes(name)) throw wrongUse(`There is no key "${given}": ${NAMES.replaceAll('|', ', ')}.`);
  return name as RotatableName;
}

export const keysShow = command(`countersign keys show checkpoint|control|bundle|permit|agent-token [--retired] [--json]

Prints public keys; needs nothing to be running, but must see the installation's DATA_DIR.

  checkpoint       what "countersign verify --key" takes. Keep it where whoever could change the log can't.
  control          what agents take as COUNTERSIGN_CONTROL_PIN.
  --retired        of checkpoint: also those that were retired, for anchors and exports of their time.
`, { retired: { type: 'boolean' } }, async (values, positionals) => {
  const given = only(positionals, 'a key');
  const name = keyName(given);
  if (!isKeyName(name)) throw wrongUse(`${name} is a secret and has no public half. "countersign keys list" shows its id and age.`);
  const folder = path.join(env().dataDir, 'keys');
  const files = new FileKeys({ folder, holds: [] });
  const live = [...files.verificationKeys(name).values(), ...(values.retired ? files.retiredKeys(name) : [])];
  if (live.length === 0) throw new CommandFailure(`${folder} has no ${given} key yet. It is made when Countersign first starts; if it runs with another DATA_DIR, set the same here.`, EXIT.refused);
  // After a rotation two are live, and both are needed: what was signed before stays signed by the old one.
  const key = live.map(({ jwk }) => publicKeyText(jwk)).join(',');
  return { json: { name: given, key, keys: live.map(({ jwk }) => jwk) }, text: `${key}\n` };
});

const views = z.object({ keys: z.array(z.object({
  name: z.enum(rotatableNames), kid: z.string(), state: z.enum(['signs', 'waits', 'verifies']), createdAt: z.string(), signsFrom: z.string().nullable(), overlapUntil: z.string().nullable(),
  uses: z.number(), firstUsedAt: z.string().nullable(), lastUsedAt: z.string().nullable(), publicKey: z.string().nullable(),
})) });

export const keysList = command('countersign keys list [--json]\n\nShows every live key: what it signs, who holds it, since when, and how much it is used.\n', {}, async (_values, positionals) => {
  none(positionals);
  const { keys } = await askWorker('keys-list', {}, views);
  const rows = keys.map((key) => [key.name, key.kid.slice(0, 16), key.state, keyFacts[key.name].holder, key.createdAt.slice(0, 10), String(key.uses), key.lastUsedAt?.slice(0, 16) ?? 'never', key.overlapUntil ? `until ${key.overlapUntil}` : '']);
  return { json: { keys }, text: table([['NAME', 'KEY', 'STATE', 'HELD BY', 'SINCE', 'USES', 'LAST USED', 'OVERLAP'], ...rows]) };
});

const rotation = z.object({ name: z.string(), kid: z.string(), previousKid: z.string(), signsFrom: z.string(), overlapUntil: z.string() });

export const keysRotate = command(`countersign keys rotate ${NAMES}
                        [--overlap 15m] [--json]

Makes a new key in the process that holds it. The old one goes on being good for the overlap, so that nothing honest is
refused; every replica sees the new key within a second, without a restart.

  --overlap        how long both are good: 90s, 15m, 2h, 7d. At least as long as what the old key signed may live.
  control          agents must know the new key before the old one ends: give them both pins ("keys show control"), then
                   "keys retire control". Until then the old one signs.
  payload-wrapping, credential-wrapping, channel-wrapping
                   afterwards "keys rewrap" with the same name, then "keys retire" with it: after the overlap, or with --now
                   where all replicas share the key folder.
`, { overlap: { type: 'string' } }, async (values, positionals) => {
  const name = keyName(only(positionals, 'a key'));
  const made = await askKeyHolder(keyFacts[name].holder, 'keys-rotate', { name, ...(values.overlap === undefined ? {} : { overlapMs: duration(values.overlap) }) }, rotation);
  const next = name === 'control/order' ? 'Give agents both pins now: countersign keys show control. Then: countersign keys retire control.'
    : (rewrappedNames as readonly string[]).includes(name) ? `Now: countersign keys rewrap ${name}. Then: countersign keys retire ${name}, after that or with --now where all replicas share the key folder.`
    : 'The old key ends by itself after that.';
  return { json: made, text: `The ${name} key is now ${made.kid}.\n${made.previousKid} stays good until ${made.overlapUntil}. ${next}\n` };
});

export const keysRetire = command(`countersign keys retire ${NAMES}
                        [--now] [--json]

Ends the old key after a rotation: what it signed is refused from then on. Refused while something still needs it.

  --now            during the overlap as well, for a key that somebody else may have. What is honest and signed by it is
                   refused too, until it is asked for again.
`, { now: { type: 'boolean' } }, async (values, positionals) => {
  const name = keyName(only(positionals, 'a key'));
  const ended = await askKeyHolder(keyFacts[name].holder, 'keys-retire', { name, ...(values.now ? { now: true } : {}) }, z.object({ name: z.string(), kid: z.string() }));
  return { json: ended, text: `${ended.kid} is good for nothing any more.\n` };
});

export const keysRewrap = command(`countersign keys rewrap [payload-wrapping|credential-wrapping|channel-wrapping] [--json]

Wraps anew under the newest key what the one before wraps, so that the old one can be retired. May be run again.

  payload-wrapping      every session's data key; the texts are not touched. This one when none is named.
  credential-wrapping   every person's one-time-password secret; their codes stay as they are.
  channel-wrapping      every notification channel's address and secrets, which stay as they are.
`, {}, async (_values, positionals) => {
  const given = positionals.length === 0 ? 'payload-wrapping' : only(positionals, 'a key');
  const name = rewrappedNames.find((one) => one === given);
  if (!name) throw wrongUse(`Nothing is wrapped by "${given}": ${rewrappedNames.join(' and ')} can be rewrapped.`);
  const done = await askKeyHolder(keyFacts[name].holder, 'keys-rewrap', { name }, z.object({ name: z.string(), rewrapped: z.number(), unopened: z.number() }));
  const what = name === 'payload-wrapping' ? 'data keys are wrapped' : 'one-time-password secrets are sealed';
  return { json: done, text: `${done.rewrapped} ${what} anew.${done.unopened > 0 ? ` ${done.unopened} do not open under any live key and were left as they are.` : ''}\n` };
});

function duration(text: string): number {
  const [, count, unit] = /^(\d{1,6})(s|m|h|d)$/.exec(text) ?? [];
  if (!count || !unit) throw wrongUse('--overlap takes a number and a unit: 90s, 15m, 2h, 7d.');
  return Number(count) * { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit as 's' | 'm' | 'h' | 'd'];
}
