import type { Sighting } from '../../detector';
import { partsOf } from '../../parts-of';
import { findDestinations } from './find-destinations';

/** More than this is looked at in part (characters). */
const mostLookedAt = 16 * 1024;

export type FirstSeen = Sighting & { domain: string; /** The text is nothing but addresses: whatever is sent goes there. */ sentTo: boolean };

/** Destinations in a text that are neither the organisation's own nor among those that were used before, each once. What "before" is, the caller knows. */
export function firstSeenDestinations(text: string, known: ReadonlySet<string>, own: readonly string[]): FirstSeen[] {
  const told = new Set<string>();
  const seen: FirstSeen[] = [];
  for (const part of partsOf(text, mostLookedAt)) {
    for (const { kind, host, domain, start, end } of findDestinations(part.text)) {
      if (kind === 'name' || told.has(domain) || known.has(domain) || isOwn(host, own)) continue;
      told.add(domain);
      seen.push({ kind: 'first_seen_destination', severity: 'low', score: 0.5, span: [part.from + start, part.from + end], domain, sentTo: isAddresses(text) });
    }
  }
  return seen;
}

export const isOwn = (host: string, own: readonly string[]): boolean => own.some((one) => host === one || host.endsWith(`.${one}`));

/** Words without an address in them make it a text that names a place. */
const isAddresses = (text: string): boolean => text.length <= 4_096 && text.split(/[\s,;<>]+/).every((word) => word === '' || word.includes('@') || word.includes('://'));
