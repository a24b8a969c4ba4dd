import type { About, Detector } from './detector';
import { egress } from './detectors/egress';
import { personalData } from './detectors/personal-data';
import { secrets } from './detectors/secrets';
import { classOf, wordsOf } from './detectors/secrets/secret-names';

const looking: readonly Detector[] = [secrets, personalData, egress];
const about: About = { channel: 'argument', trusted: false, canary: '', delimiter: '', domains: [] };

/** Whether any part of a JSON Pointer is the name of something secret. */
export const namesSecret = (path: string): boolean => path.split('/').some((name) => classOf(wordsOf(name)) !== undefined);

/** Whether a text holds what may be a credential, however unsure that is. */
export const holdsSecret = (text: string): boolean => secrets.see(text, about).length > 0;

/** Whether no detector sees a secret, personal data or an address in a short text, however unsure it is. */
export const isHarmless = (text: string): boolean => looking.every((detector) => detector.see(text, about).length === 0);
