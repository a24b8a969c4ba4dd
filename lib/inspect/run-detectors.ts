import type { Finding } from '@/lib/protocol/decision';
import type { About, Detector } from './detector';
import { excerptsOf } from './excerpts';
import { thresholdsOf, type Inspection } from './schema';
import { sharesOf } from './shares';

/** A text in a value, and the JSON Pointer to it; '' is the value itself. */
export type Leaf = { text: string; path: string };
/** `worst` is the strictest thing that a bundle's thresholds say about what was found. */
export type Seen = { worst: 'clean' | 'flagged' | 'blocked'; findings: Finding[] };

/** How much of all texts of one value is looked at (UTF-16 units): as much as takes well under 50 ms on a slow core. */
export const MOST_LOOKED_AT = 16 * 1024;
/** However long the others are, this much of each text is looked at. */
const LEAST_OF_EACH = 256;
/** What says that not everything was looked at; it flags nothing by itself. */
export const NOT_LOOKED_AT = 'not_looked_at';

/**
 * Runs every detector over every text. Where they are longer together than can be looked at in time, each gives its share, and a finding of kind
 * `not_looked_at` says what was left out. What a detector saw below its `flagAt` is not told.
 */
export function runDetectors(leaves: readonly Leaf[], about: About, inspection: Inspection, detectors: readonly Detector[]): Seen {
  const findings: Finding[] = [];
  let worst: Seen['worst'] = 'clean';
  const running = detectors.map((detector) => ({ detector, at: thresholdsOf(inspection, detector.id) })).filter(({ at }) => at.on);
  if (running.length === 0) return { worst, findings };
  const shares = sharesOf(leaves, MOST_LOOKED_AT, LEAST_OF_EACH);
  for (const [index, { text, path }] of leaves.entries()) {
    if (text.length === 0) continue;
    const most = shares[index]!;
    const place = path === '' ? {} : { path };
    const here = path === '' ? about : { ...about, field: true };
    const { excerpts, gaps } = most > 0 ? excerptsOf(text, most, about.canary) : { excerpts: [], gaps: [[0, text.length] as [number, number]] };
    if (gaps.length > 0) findings.push({ detector: 'inspect', kind: NOT_LOOKED_AT, severity: 'info', ...place, span: [gaps[0]![0], gaps.at(-1)![1]] });
    for (const excerpt of excerpts) {
      for (const { detector, at } of running) {
        for (const { kind, severity, score, span } of detector.see(excerpt.text, here)) {
          if (score < at.flagAt && score < at.blockAt) continue;
          if (score >= at.blockAt) worst = 'blocked';
          else if (worst === 'clean') worst = 'flagged';
          findings.push({
            detector: detector.id, kind, severity, ...place, ...(span ? { span: [span[0] + excerpt.at, span[1] + excerpt.at] as [number, number] } : {}),
            score: Math.round(score * 1_000) / 1_000, version: detector.version,
          });
        }
      }
    }
  }
  return { worst, findings };
}
