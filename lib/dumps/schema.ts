import type { ShownPayload } from '@/lib/payloads/schema';

/** Where the dump of a stopped session stands. */
export type DumpView = { sessionId: string; orderId: string; stoppedAt: string } & (
  | { state: 'due'; tries: number }
  | { state: 'written'; at: string; afterMs: number; payloadId: string; mac: string; bytes: number; toSeq: number }
  /** There was nothing left to write down. */
  | { state: 'erased_before'; at: string }
);

/** A dump as somebody reads it. */
export type ReadDump = { dump: Extract<DumpView, { state: 'written' }>; content: ShownPayload };

/** One text of the session's context; `text` is null where it was erased, or left out because the whole would be too large. */
export type ContextEntry = { seq: number; kind: 'input' | 'output'; origin: string; source: string | null; tool: string | null; text: unknown };
