/** Payloads: the texts themselves, sealed under their session's key and apart from the log, so that they can be erased. */
export { sessionDataKey } from './data-key';
export { sealValue, openValue, type SealedText, type PayloadKind } from './seal-text';
export { readPayloads } from './read-payloads';
