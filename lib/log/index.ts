/** The log: one append-only record of everything that happened, of which every screen is a reading. */
export { lockStream, record, write, type Written } from './record';
export { sessionEvent, organisationEvent, type NewEvent, type RecordedEvent } from './event';
export { catalogue, sessionStream, type EventType, type EventData, type StreamId } from './catalogue';
export type { PayloadRow } from './batch-statement';
export { BatchWriter, type Commit, type Appended } from './batch-writer';
export { GENESIS_HEAD, verifyChain, type ChainEnd, type ChainLink, type ChainResult } from './chain';
export type { StreamHead } from './head-tree';
export type { Checkpoint, Sign, SignedCheckpoint } from './checkpoint-rules';
export type { ExportPart } from './export-format';
export { readStream, readFeed, listCheckpoints, type LoggedEvent, type FeedPlace, type CheckpointView } from './read-log';
export { Checkpoints } from './sign-checkpoint';
export { ensureMonths } from './ensure-months';
export type { AnchorPlace } from './anchors/anchor-place';
export { webhookAnchor } from './anchors/webhook-anchor';
export { anchorFile, fileAnchor, type SetBack } from './anchors/file-anchor';
export { exportLog, type ExportAbout } from './export-log';
export { lastEventAt, recentEvents, listStreams, recentCheckpoints, type PlacedEvent, type StreamView } from './queries';
export { verifyLog, type LogCheck } from './verify-log';
