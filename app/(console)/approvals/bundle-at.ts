import { bundleOf, type Bundle } from '@/lib/policies';

const MOST_BUNDLES = 8;
const bundles = new Map<string, Promise<Bundle | undefined>>();

/** The rules that an approval was asked by, whatever is in force now. A sequence never changes its content, so it is kept. */
export function bundleAt(version: string): Promise<Bundle | undefined> {
  const sequence = Number(version);
  if (!Number.isSafeInteger(sequence)) return Promise.resolve(undefined);
  const known = bundles.get(version);
  if (known) return known;
  const read = bundleOf(sequence).catch((error: unknown) => {
    bundles.delete(version);
    throw error;
  });
  bundles.set(version, read);
  if (bundles.size > MOST_BUNDLES) bundles.delete(bundles.keys().next().value!);
  return read;
}
