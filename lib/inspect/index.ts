/** What the gate sees in a text: pure functions, no I/O. */
export { hideSecrets, redactText, renderArgs } from './redact';
export { lookAtArguments } from './look-at-arguments';
export { lookAtClaimed } from './look-at-claimed';
export { lookAtText, type Looked } from './look-at-text';
export { firstSeenDestinations, isOwn, type FirstSeen } from './detectors/egress/first-seen';
export { holdsSecret, isHarmless, namesSecret } from './harmless';
export type { Inspection } from './schema';
export type { About, Channel, Detector, Sighting } from './detector';
