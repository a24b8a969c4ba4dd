import type { Detector } from './detector';
import { canaryDetector } from './detectors/canary';
import { egress } from './detectors/egress';
import { injectionDetector } from './detectors/injection';
import { personalData } from './detectors/personal-data';

/** What looks at every text, in the order in which their findings are told. Secrets are found where they are hidden (look-at-text.ts), by the rules of their detector. */
export const detectors: readonly Detector[] = [canaryDetector, egress, personalData, injectionDetector];
