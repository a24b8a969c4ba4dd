const BURST = 120;
const PER_SECOND = 30;
const MOST = 10_000;

type Bucket = { left: number; at: number };
/** Of this process: several copies of this module share it. Each replica counts for itself, so n replicas let n times as much through. */
const buckets = ((globalThis as { __countersignTokenRates?: Map<string, Bucket> }).__countersignTokenRates ??= new Map());

/** Takes one request from the token's bucket at `now` (ms); returns 0, or how long to wait in ms. */
export function takeFromBucket(id: string, now: number): number {
  const bucket = buckets.get(id) ?? { left: BURST, at: now };
  const left = Math.min(BURST, bucket.left + (Math.max(0, now - bucket.at) / 1_000) * PER_SECOND);
  // Moved to the end, so that the first of the map is the one that was quiet longest.
  buckets.delete(id);
  if (buckets.size >= MOST) buckets.delete(buckets.keys().next().value as string);
  buckets.set(id, { left: left >= 1 ? left - 1 : left, at: now });
  return left >= 1 ? 0 : Math.ceil(((1 - left) / PER_SECOND) * 1_000);
}
