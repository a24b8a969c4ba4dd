/** What the gate sees in a text: pure functions, no I/O. */
export { hideSecrets, redactText, renderArgs } from './redact';
export { lookAtText, type Looked } from './look-at-text';
