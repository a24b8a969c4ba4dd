import type { Detector, Sighting } from '../../detector';
import { partsOf } from '../../parts-of';
import { findPersonalData } from './find-personal-data';

/** More than this is looked at in part (characters). */
const mostLookedAt = 64 * 1024;
const mostSightings = 200;
/** Ways to reach somebody are in every other text that an agent reads: they are seen, and by themselves they flag nothing unless a bundle asks for it. */
const contacts = new Set(['email_address', 'phone_number', 'ip_address', 'private_ip_address', 'mac_address', 'uk_postcode']);
const mostOfContact = 0.45;

/** Personal data that its build gives away: cards, accounts and national ids by their check digits, ways to reach a person, dates of birth. Names and places are not looked for. */
export const personalData: Detector = {
  id: 'personal-data',
  version: 1,
  see(text) {
    const seen: Sighting[] = [];
    for (const part of partsOf(text, mostLookedAt)) {
      for (const { kind, start, end, score } of findPersonalData(part.text)) {
        const span = [part.from + start, part.from + end] as const;
        if (contacts.has(kind)) seen.push({ kind, severity: 'info', score: Math.min(score, mostOfContact), span });
        else seen.push({ kind, severity: score < 0.5 ? 'info' : 'low', score, span });
      }
    }
    if (seen.length <= mostSightings) return seen;
    return seen.sort((a, b) => b.score - a.score).slice(0, mostSightings);
  },
};
