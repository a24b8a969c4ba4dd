import { createHash } from 'node:crypto';
import { checkJsonValue } from '@/lib/protocol';

/** How much of one output is sent for inspection, in bytes of JSON; the rest of the 256 KiB is for the message around it. */
const MOST_BYTES = 200_000;
/** Of an output that is larger, this much of its beginning is shown (UTF-16 units). */
const HEAD = 50_000;
const DEPTH = 24;

export type BoundOutput = { output?: unknown; unseen?: { digest: string; bytes: number } };

/**
 * Makes an output small and plain enough to be reported. What is too large, or no text at all, is named by its digest as
 * `unseen`, with the beginning of its text. What JSON cannot carry safely goes as the text of itself.
 */
export function boundOutput(value: unknown): BoundOutput {
  if (value === undefined) return {};
  if (value instanceof Uint8Array) return { unseen: unseen(value) };
  const plain = toJson(value);
  if (checkJsonValue(plain, { maxBytes: MOST_BYTES, maxDepth: DEPTH }).ok && jsonBytes(plain) <= MOST_BYTES) return { output: plain };
  const text = wellFormed(typeof plain === 'string' ? plain : JSON.stringify(plain));
  if (jsonBytes(text) <= MOST_BYTES) return { output: text };
  const all = unseen(Buffer.from(text));
  return { output: `${wellFormed(text.slice(0, HEAD))}\n[This is the beginning. The whole has ${all.bytes} bytes, more than can be inspected; the rest is withheld. Ask for less at a time.]`, unseen: all };
}

/** Replaces what no message may carry: half characters and U+0000. */
export function wellFormed(text: string): string {
  return (text as string & { toWellFormed(): string }).toWellFormed().replaceAll('\0', '\ufffd');
}

function toJson(value: unknown): unknown {
  try {
    const text = JSON.stringify(value);
    return text === undefined ? String(value) : (JSON.parse(text) as unknown);
  } catch {
    // A cycle or a bigint: its text is all that can be told.
    return String(value);
  }
}

const jsonBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

function unseen(bytes: Uint8Array): { digest: string; bytes: number } {
  return { digest: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.byteLength };
}
