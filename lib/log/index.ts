/** The log: one append-only record of everything that happened, of which every screen is a reading. */
export { lockStream, record, write, type Written } from './record';
export { sessionEvent, organisationEvent, type NewEvent, type RecordedEvent } from './event';
export { catalogue, sessionStream, organisationStream, type EventType, type EventData, type StreamId } from './catalogue';
export { BatchWriter, type Commit, type Appended } from './batch-writer';
