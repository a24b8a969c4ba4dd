import { firstSeenDestinations, type FirstSeen } from '@/lib/inspect';
import { thresholdsOf, type Inspection } from '@/lib/inspect/schema';
import { topOf } from '@/lib/protocol/json-pointer';
import { own } from './own';
import type { ReadArguments } from './read-arguments';
import { newPlacesExpected } from './new-places';
import type { History } from './weigh';
import * as words from './words';

/** These are sightings of the detector of where texts lead; what was seen before, the baseline knows. */
const EGRESS = 'egress';
const MOST_FINDINGS = 20;
/** So many characters of all texts of a call are looked at, and of each no more than this: the short ones first, so that no long one hides an address. */
const MOST_LOOKED_AT = 32 * 1024;
const MOST_OF_EACH = 16 * 1024;
/** An agent whose every second place is new goes to new ones by nature. */
const BY_NATURE = 0.5;

type Finding = { detector: typeof EGRESS; kind: string; severity: FirstSeen['severity']; path?: string; span?: [number, number]; score: number };
/** `names`: the arguments, by their names at the top, that lead where the agent never sent anything. */
export type FirstSeenPlaces = { findings: Finding[]; lines: { path: string; sentence: string }[]; names: string[] };

const nothing: FirstSeenPlaces = { findings: [], lines: [], names: [] };

/** Where a call leads that its agent never was and that is none of the organisation's own. Low by itself: new customers write every day. */
export function firstSeenPlaces(history: History, tool: string, { leaves }: ReadArguments, domains: readonly string[], inspection: Inspection = {}): FirstSeenPlaces {
  if (history.kind === 'none') return nothing;
  const at = thresholdsOf(inspection, EGRESS);
  const found: FirstSeenPlaces = { findings: [], lines: [], names: [] };
  const names = new Set<string>();
  let left = MOST_LOOKED_AT;
  const leading = leaves.filter(({ text }) => text !== undefined && leadsSomewhere(text)).sort((a, b) => a.text!.length - b.text!.length);
  for (const { path, at: pointer, text = '' } of leading) {
    if (left <= 0) break;
    left -= Math.min(text.length, MOST_OF_EACH);
    const seen = firstSeenDestinations(text, history.everywhere, domains);
    if (seen.length === 0) continue;
    names.add(topOf(path));
    const field = own(own(history.baseline.tools, tool)?.fields ?? {}, path);
    if (!at.on || newPlacesExpected(field) > BY_NATURE) continue;
    for (const { kind, severity, score, span, domain, sentTo } of seen) {
      if (score < at.flagAt || found.findings.length >= MOST_FINDINGS) continue;
      found.findings.push({ detector: EGRESS, kind, severity, score, ...(pointer === undefined ? {} : { path: pointer }), ...(span ? { span: [span[0], span[1]] } : {}) });
      if (pointer !== undefined) found.lines.push({ path: pointer, sentence: sentTo ? words.neverSent(domain, history.baseline) : words.neverNamed(domain, history.baseline) });
    }
  }
  return { ...found, names: [...names] };
}

const leadsSomewhere = (text: string) => text.includes('@') || text.includes('://');
