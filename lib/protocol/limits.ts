/** Sizes and times of the wire contract, version 1. One place, so that client and server cannot disagree. */
export const PROTOCOL_VERSION = 1;
export const MAX_BODY_BYTES = 256 * 1024;
/** Above this the connection may be closed with 1009. */
export const MAX_FRAME_BYTES = 1024 * 1024;
export const MAX_DEPTH = 32;
export const DEFAULT_LEASE_MS = 15_000;
export const CLOCK_LEEWAY_S = 30;
export const DEFAULT_TOKEN_SECONDS = 300;
export const MAX_TOKEN_SECONDS = 900;
/** A gateway whose view of the switches is older than this answers `unavailable`. */
export const MAX_SWITCH_VIEW_AGE_MS = 2_000;
export const AGENT_AUDIENCE = 'countersign/agent';
/** What a stop of one session or instance offers: for so long no new session of its agent opens (minutes). */
export const HOLD_MINUTES = 10;
