import type { Severity } from '@/lib/protocol/decision';
import type { Detector, Sighting } from '../../detector';
import { partsOf } from '../../parts-of';
import { findSecrets, kindOf } from './find-secrets';

/** More than this is looked at in part (characters): the time is bounded whatever a text holds. */
const mostLookedAt = 32 * 1024;
const mostNames = 1_000;
const mostSightings = 200;

/** Credentials: keys and tokens of providers, private keys, JSON web tokens, passwords and what is assigned to a secret's name. */
export const secrets: Detector = {
  id: 'secrets',
  version: 1,
  see(text) {
    const seen: Sighting[] = [];
    for (const part of partsOf(text, mostLookedAt)) {
      for (const { label, start, end, score } of findSecrets(part.text, mostNames)) {
        seen.push({ kind: kindOf(label), severity: severityOf(score), score, span: [part.from + start, part.from + end] });
        if (seen.length >= mostSightings) return seen;
      }
    }
    return seen;
  },
};

const severityOf = (score: number): Severity => (score >= 0.7 ? 'high' : score >= 0.5 ? 'medium' : score >= 0.3 ? 'low' : 'info');
