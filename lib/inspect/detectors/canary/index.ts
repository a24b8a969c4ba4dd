import type { Detector } from '../../detector';
import { partsOf } from '../../parts-of';
import { findCanary } from './find-canary';

/** More than this is looked at in part (characters) for disguises; as it is, a canary is found anywhere. */
const mostLookedAt = 64 * 1024;

/** The session's own canary, which nothing that leaves the session may hold: as it is, or rewritten, split or encoded. Nothing else is random enough to be taken for it, so a sighting is beyond doubt. */
export const canaryDetector: Detector = {
  id: 'canary',
  version: 1,
  see(text, { canary }) {
    if (canary === '') return [];
    const at = text.indexOf(canary);
    if (at >= 0) return [{ kind: 'canary_leaked', severity: 'critical', score: 1, span: [at, at + canary.length] }];
    for (const part of partsOf(text, mostLookedAt)) {
      const leak = findCanary(part.text, canary);
      if (leak) return [{ kind: 'canary_disguised', severity: 'critical', score: 1, span: [part.from + leak.start, part.from + leak.end] }];
    }
    return [];
  },
};
