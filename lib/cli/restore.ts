import { readFileSync } from 'node:fs';
import path from 'node:path';
import { env } from '@/lib/env';
import { DomainError } from '@/lib/errors';
import { FileKeys, readPublicKeys } from '@/lib/signing';
import { command, CommandFailure, EXIT, only } from './command';

export const restore = command(`countersign restore FILE [--key KEY|FILE] [--json]

Loads a backup into an EMPTY database: of a new DATA_DIR, or at a new DATABASE_URL. Countersign must not run there yet. Put the
keys that were backed up apart into DATA_DIR/keys first. All of it is loaded or nothing.

It then starts STOPPED, and says why, until people release it: what was stopped or taken away since the backup is missing from
it. Sign-ins, links and open challenges are not in a backup; tokens are ended. Agents' secrets, passwords and passkeys hold as
they did then.

  --key            the public checkpoint key, where it is not among the keys in DATA_DIR.
`, { key: { type: 'string' } }, async (values, positionals) => {
  const file = path.resolve(only(positionals, 'a backup file'));
  const settings = env();
  const held = values.key === undefined ? new FileKeys({ folder: path.join(settings.dataDir, 'keys'), holds: [] }).verificationKeys('checkpoint') : readPublicKeys(readKey(values.key));
  if (!held || held.size === 0) {
    throw new CommandFailure(values.key === undefined ? `${path.join(settings.dataDir, 'keys')} has no checkpoint key, so nothing shows that this backup is ours. Put the keys that were backed up apart there first.` : 'That is no public key. Give what "countersign keys show checkpoint" printed, or a file with it.', EXIT.refused);
  }
  const { restoreHere } = await import('@/lib/processes/restore');
  try {
    const done = await restoreHere(settings, file, held);
    return {
      json: { file, ...done },
      text: `${done.events} events and ${done.tables} tables are back as of ${done.madeAt}; ${done.tokensEnded} ${done.tokensEnded === 1 ? 'token was' : 'tokens were'} ended.\nEVERYTHING IS STOPPED until somebody has looked and releases it, in the console under Switches. Start it with "npm start".\n`,
    };
  } catch (error) {
    throw error instanceof DomainError ? new CommandFailure(error.message, EXIT.refused) : error;
  }
});

function readKey(given: string): string {
  try { return readFileSync(given, 'utf8'); } catch { return given; }
}
