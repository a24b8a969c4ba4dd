import { hash } from 'node:crypto';

/** What the first event of a stream follows: 32 zero bytes. */
export const GENESIS_HEAD = '0'.repeat(64);

/** `SHA-256(prev ‖ JCS(event))` in hex; `body` is the event's canonical JSON, the very text that is stored, or its UTF-8 bytes. */
export function linkHash(prevHex: string, body: string | Uint8Array): string {
  const isText = typeof body === 'string';
  const bytes = Buffer.allocUnsafe(32 + (isText ? Buffer.byteLength(body) : body.length));
  bytes.write(prevHex, 0, 32, 'hex');
  if (isText) bytes.write(body, 32, 'utf8');
  else bytes.set(body, 32);
  return hash('sha256', bytes, 'hex');
}

/** A stored event as the chain sees it: its place by the row, and its body, which says its place too. */
export type ChainLink = { stream: string; seq: number; body: string; hash: string };

/** Where a stream ends: the number and hash of its last event; 0 and GENESIS_HEAD before the first. */
export type ChainEnd = { seq: number; head: string };

export type ChainFailure = 'changed' | 'missing' | 'out_of_order' | 'repeated' | 'misplaced';
export type ChainResult =
  | { ok: true; end: ChainEnd; events: number }
  | { ok: false; failure: ChainFailure; stream: string; seq: number; sentence: string };

/** Walks the events of one stream from `after` on and names the first that does not follow from the one before it. */
export function verifyChain(stream: string, events: Iterable<ChainLink>, after: ChainEnd = { seq: 0, head: GENESIS_HEAD }): ChainResult {
  let { seq, head } = after;
  let count = 0;
  for (const event of events) {
    const failure = judge(stream, event, seq, head);
    if (failure) return { ok: false, failure, stream, seq: event.seq, sentence: sentenceOf(failure, stream, event.seq, seq + 1) };
    seq = event.seq;
    head = event.hash;
    count++;
  }
  return { ok: true, end: { seq, head }, events: count };
}

function judge(stream: string, event: ChainLink, lastSeq: number, head: string): ChainFailure | undefined {
  const said = readPlace(event.body);
  if (event.stream !== stream || said?.stream !== stream || said.seq !== event.seq) return 'misplaced';
  if (event.seq === lastSeq) return 'repeated';
  if (event.seq < lastSeq) return 'out_of_order';
  if (event.seq > lastSeq + 1) return 'missing';
  return linkHash(head, event.body) === event.hash ? undefined : 'changed';
}

/** The stream and number that an event's own text gives; undefined when it is no event. */
export function readPlace(body: string): { stream: string; seq: number } | undefined {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof event !== 'object' || event === null) return undefined;
  const { stream, seq } = event as { stream?: unknown; seq?: unknown };
  return typeof stream === 'string' && Number.isSafeInteger(seq) && (seq as number) > 0 ? { stream, seq: seq as number } : undefined;
}

function sentenceOf(failure: ChainFailure, stream: string, seq: number, expected: number): string {
  switch (failure) {
    case 'changed':
      return `Event ${seq} of ${stream} does not match its hash: its content, its hash or the event before it was changed.`;
    case 'missing':
      return expected === seq - 1 ? `Event ${expected} of ${stream} is missing.` : `Events ${expected} to ${seq - 1} of ${stream} are missing.`;
    case 'out_of_order':
      return `Event ${seq} of ${stream} stands behind a later one.`;
    case 'repeated':
      return `Event ${seq} of ${stream} is there twice.`;
    case 'misplaced':
      return `What stands as event ${seq} of ${stream} is not that event by its own words.`;
  }
}
