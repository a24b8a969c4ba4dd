import { endsByTime, signsWithPrevious, type KeyInfo } from './keys';
import type { Dated } from './key-material';

// Pure rules over the keys of one name, the newest first: at most a current and a previous one.

/** Keys whose signatures hold at this moment. */
export function liveOf<T>(name: string, keys: readonly Dated<T>[], now: number): Dated<T>[] {
  return keys.filter(({ dates: { overlapUntil } }, at) => at === 0 || !endsByTime.has(name) || overlapUntil === undefined || now < Date.parse(overlapUntil));
}

/** Which of the live keys signs at this moment. */
export function signerOf<T>(name: string, keys: readonly Dated<T>[], now: number): Dated<T> | undefined {
  const [current, previous] = liveOf(name, keys, now);
  if (!current || !previous) return current;
  const waits = signsWithPrevious.has(name) || (current.dates.signsFrom !== undefined && now < Date.parse(current.dates.signsFrom));
  return waits ? previous : current;
}

/** The same keys, the one that signs first. */
export function signerFirst<T>(name: string, keys: readonly Dated<T>[], now: number): Dated<T>[] {
  const signer = signerOf(name, keys, now);
  return signer ? [signer, ...liveOf(name, keys, now).filter((one) => one !== signer)] : [];
}

export function infoOf(name: string, keys: readonly Dated<unknown>[], madeAt: (at: number) => Date, now: number): KeyInfo[] {
  const signer = signerOf(name, keys, now);
  return liveOf(name, keys, now).map((one, at) => ({
    kid: one.kid,
    state: one === signer ? 'signs' : at === 0 ? 'waits' : 'verifies',
    createdAt: one.dates.createdAt === undefined ? madeAt(keys.indexOf(one)) : new Date(one.dates.createdAt),
    ...(at === 0 && one !== signer && one.dates.signsFrom !== undefined ? { signsFrom: new Date(one.dates.signsFrom) } : {}),
    ...(at > 0 && one.dates.overlapUntil !== undefined ? { overlapUntil: new Date(one.dates.overlapUntil) } : {}),
  }));
}
