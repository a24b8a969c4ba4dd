/** Payloads: the texts themselves, sealed under their session's key and apart from the log, so that they can be erased. */
export { sessionDataKey } from './data-key';
export { sealValue, openValue, type SealedText } from './seal-text';
export type { Erased, ErasureView, EraseSession, PayloadKind, Retention, ShownPayload } from './schema';
export { readPayloads } from './read-payloads';
export { readPayloadsFor } from './read-payloads-for';
export { revealPayload } from './reveal-payload';
export { eraseSession } from './erase-session';
export { carryOutErasures } from './carry-out-erasures';
export { changeRetention } from './change-retention';
export { eraseAged } from './erase-aged';
export { countPayloads, listErasures, sessionErasure } from './erasures-of';
