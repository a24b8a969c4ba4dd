import { severities, type Finding } from '@/lib/protocol/decision';
import type { About } from './detector';
import { injectionDetector } from './detectors/injection';
import { runDetectors } from './run-detectors';
import type { Inspection } from './schema';

/**
 * What more would be seen in a text that an agent says is its user's, if nobody vouched for it: a person may have been given it to paste. Whoever
 * asks may ask, so each is a step less grave than it would be in what a tool said. What was seen in it already is left out.
 */
export function lookAtClaimed(text: string, about: About, inspection: Inspection | undefined, seen: readonly Finding[]): Finding[] {
  const { findings } = runDetectors([{ text, path: '' }], { ...about, trusted: false }, inspection ?? {}, [injectionDetector]);
  const known = new Set(seen.map(placeOf));
  return findings.filter((one) => one.detector === injectionDetector.id && !known.has(placeOf(one))).map((one) => ({ ...one, severity: severities[Math.max(0, severities.indexOf(one.severity) - 1)]! }));
}

const placeOf = ({ detector, kind, span }: Finding): string => `${detector} ${kind} ${span?.join('-') ?? ''}`;
