import type { Logger } from 'pino';
import { makeContext } from '@/lib/context';
import { isDatabaseAway } from '@/lib/db';
import { openDoor } from '@/lib/host-door';
import { Rounds } from '@/lib/rounds';
import type { Holding } from './holding';
import { noteUses } from './note-uses';
import { retireKey } from './retire-key';
import { rewrapKeys } from './rewrap-keys';
import { rotateKey } from './rotate-key';
import { settleKeys } from './settle-keys';

const EVERY_MS = 30_000;
const RETRY_MS = 5_000;

export type KeptKeys = { stop(): Promise<void> };

/** What every process does for the keys that it holds: counts their use, settles them, and opens a door for `countersign keys`. */
export async function keepKeys(holding: Holding, dataDir: string, logger: Logger): Promise<KeptKeys> {
  const ctx = makeContext({ kind: 'system', process: holding.process });
  const rounds = new Rounds(async () => {
    await noteUses(holding.process);
    await settleKeys(ctx, holding);
    return EVERY_MS;
  }, RETRY_MS, (error) => { if (!isDatabaseAway(error)) logger.error({ err: error }, 'the keys could not be settled; it is tried again'); });
  rounds.wake();
  const door = await openDoor(dataDir, `keys-${holding.process}-${process.pid}`, {
    'keys-rotate': { kind: 'answer', run: (host, input) => rotateKey(host, input, holding) },
    'keys-retire': { kind: 'answer', run: (host, input) => retireKey(host, input, holding) },
    'keys-rewrap': { kind: 'answer', run: (host, input) => rewrapKeys(host, input, holding) },
  }, logger).catch((error: unknown) => {
    // A folder that nobody may write to is no reason to decide nothing: keys that are mounted there are rotated where they come from.
    logger.warn({ err: error }, 'no socket can be made in DATA_DIR, so "countersign keys" does not reach this process; all else runs');
    return undefined;
  });
  return {
    async stop() {
      await door?.close();
      await rounds.stop();
      await noteUses(holding.process).catch(() => {});
    },
  };
}
