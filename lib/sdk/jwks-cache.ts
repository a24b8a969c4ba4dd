import { type KeySet, readJwks, type VerificationKey } from '@/lib/protocol';
import { Unavailable } from './errors';

const FRESH_MS = 5 * 60_000;
/** An unknown key makes us look again, but not more often than this: anybody can send unknown keys. */
const AGAIN_MS = 5_000;
const MOST_BYTES = 256 * 1024;

type Entry = { keys: Map<string, VerificationKey>; at: number };
const entries = new Map<string, Entry>();
const running = new Map<string, Promise<Entry>>();

/** An issuer's public keys, from memory while they are fresh and hold `kid`. Throws Unavailable when they can't be had: then nothing verifies. */
export async function issuerKeys(url: string, kid: string | undefined): Promise<KeySet> {
  const known = entries.get(url);
  const age = known ? performance.now() - known.at : Number.POSITIVE_INFINITY;
  if (known && age < FRESH_MS && (age < AGAIN_MS || (kid !== undefined && known.keys.has(kid)))) return known.keys;
  let fetching = running.get(url);
  if (!fetching) {
    fetching = fetchKeys(url).finally(() => running.delete(url));
    running.set(url, fetching);
  }
  return (await fetching).keys;
}

async function fetchKeys(url: string): Promise<Entry> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5_000), headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const text = await response.text();
    const keys = text.length <= MOST_BYTES ? readJwks(JSON.parse(text)) : undefined;
    if (!keys) throw new Error('no key set');
    const entry = { keys, at: performance.now() };
    entries.set(url, entry);
    return entry;
  } catch (cause) {
    throw new Unavailable(`The keys at ${url} cannot be had, so no permit can be verified.`, AGAIN_MS, { cause });
  }
}
