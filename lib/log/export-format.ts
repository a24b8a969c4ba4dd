import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { parseStrictJson } from '@/lib/protocol/strict-json';
import type { Sign } from './checkpoint-rules';

/**
 * An export of the log: one canonical JSON object a line. First `header`; then, for each checkpoint in turn, the `event`
 * lines since the one before (each stream's in order), `payload` lines where there is something to say of one, a `head`
 * line for every stream that moved, and the signed `checkpoint`; last the `footer`, signed too. An export that does not
 * begin with the first checkpoint opens with all heads of an earlier one and that checkpoint as `base`.
 */
export const EXPORT_FORMAT = 'countersign-log';
export const EXPORT_VERSION = 1;
export const EXPORT_TYP = 'log-export+jws';

const HEX32 = /^[0-9a-f]{64}$/;
const hex32 = z.string().regex(HEX32);
const count = z.int().min(0);
const stream = z.string().min(1).max(256);

const lineSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('header'), format: z.literal(EXPORT_FORMAT), version: z.int(), exportedAt: z.string(), source: z.string() }),
  z.strictObject({ kind: z.literal('payload'), payloadId: z.string().min(1), status: z.enum(['sealed', 'erased']), erasedAt: z.string().optional() }),
  z.strictObject({ kind: z.literal('head'), stream, seq: z.int().min(1), head: hex32 }),
  z.strictObject({ kind: z.literal('base'), jws: z.string() }),
  z.strictObject({ kind: z.literal('checkpoint'), jws: z.string() }),
  z.strictObject({ kind: z.literal('footer'), jws: z.string() }),
]);
type PlainLine = z.infer<typeof lineSchema>;
/** `body` is the event's canonical JSON as it was hashed. */
type EventLine = { kind: 'event'; body: string; hash: string };

/** A line as it is read. */
export type ExportLine = PlainLine | EventLine;
/** What an exporter hands over, in the order of the format; header's format and the footer are made here. */
export type ExportPart = Exclude<ExportLine, { kind: 'header' | 'footer' }>;

/** What the footer's signature says of everything above it: nobody can shorten an export and close it again. */
export const footerSchema = z.strictObject({ exportedAt: z.string(), lines: count, events: count, checkpoints: count, payloads: count, sha256: hex32 });
export type ExportFooter = z.infer<typeof footerSchema>;

const EVENT_START = '{"event":';
const EVENT_HASH = ',"hash":"';
const EVENT_END = '","kind":"event"}';
const HEAD_LINE = /^\{"head":"([0-9a-f]{64})","kind":"head","seq":([1-9][0-9]{0,14}),"stream":"([ !#-[\]-~]{1,256})"\}$/;
const EVENT_TAIL = EVENT_HASH.length + 64 + EVENT_END.length;

/** Cuts an event line's bytes into its body and hash, or undefined when it is no such line. The hash is not looked at yet. */
export function readEventBytes(line: Buffer): { body: Buffer; hash: string } | undefined {
  const end = line.length - EVENT_TAIL;
  if (end <= EVENT_START.length || line.toString('latin1', 0, EVENT_START.length) !== EVENT_START) return undefined;
  if (line.toString('latin1', end, end + EVENT_HASH.length) !== EVENT_HASH || line.toString('latin1', line.length - EVENT_END.length) !== EVENT_END) return undefined;
  return { body: line.subarray(EVENT_START.length, end), hash: line.toString('latin1', end + EVENT_HASH.length, line.length - EVENT_END.length) };
}

/** Writes a line, without its line feed. */
export function writeLine(line: ExportLine): string {
  return line.kind === 'event' ? `${EVENT_START}${line.body}${EVENT_HASH}${line.hash}${EVENT_END}` : canonicalJson(line);
}

/**
 * Reads a line; undefined unless it is one of this format in exactly its own spelling. An event's body is cut out, not
 * parsed and written again: its hash is over those very bytes.
 */
export function readLine(text: string): ExportLine | undefined {
  if (text.startsWith(EVENT_START) && text.endsWith(EVENT_END)) {
    const end = text.length - EVENT_TAIL;
    const hash = text.slice(end + EVENT_HASH.length, end + EVENT_HASH.length + 64);
    if (end <= EVENT_START.length || !text.startsWith(EVENT_HASH, end) || !HEX32.test(hash)) return undefined;
    return { kind: 'event', body: text.slice(EVENT_START.length, end), hash };
  }
  // Heads are the other line that comes in numbers; this is the only canonical spelling of one with a plain name.
  const head = HEAD_LINE.exec(text);
  if (head) return { kind: 'head', head: head[1] as string, seq: Number(head[2]), stream: head[3] as string };
  const json = parseStrictJson(text);
  const parsed = json.ok ? lineSchema.safeParse(json.value) : undefined;
  return parsed?.success && canonicalJson(parsed.data) === text ? parsed.data : undefined;
}

export type ExportInput = { parts: AsyncIterable<ExportPart> | Iterable<ExportPart>; exportedAt: Date; source: string; sign: Sign };

/**
 * The export's bytes in chunks of some 64 KB, made as they are asked for, so that a slow disk holds the exporter back
 * and memory stays flat. `sign` is called once, at the end, with the checkpoint key.
 */
export async function* exportText({ parts, exportedAt, source, sign }: ExportInput): AsyncGenerator<Buffer> {
  const at = exportedAt.toISOString();
  const tally = new LineTally();
  let text = `${writeLine({ kind: 'header', format: EXPORT_FORMAT, version: EXPORT_VERSION, exportedAt: at, source })}\n`;
  tally.count('header');
  for await (const part of parts) {
    text += `${writeLine(part)}\n`;
    tally.count(part.kind);
    if (text.length < CHUNK) continue;
    const bytes = Buffer.from(text);
    tally.hash(bytes);
    yield bytes;
    text = '';
  }
  const bytes = Buffer.from(text);
  tally.hash(bytes);
  yield bytes;
  const jws = await sign(EXPORT_TYP, tally.footer(at));
  yield Buffer.from(`${writeLine({ kind: 'footer', jws })}\n`);
}

const CHUNK = 64 * 1024;

/** Counts and hashes lines as they pass, for writer and reader alike. */
export class LineTally {
  readonly #sha = createHash('sha256');
  readonly #counts = { lines: 0, events: 0, checkpoints: 0, payloads: 0 };

  /** Counts a line of that kind; undefined is one that could not be read. */
  count(kind: ExportLine['kind'] | undefined): void {
    this.#counts.lines++;
    if (kind === 'event') this.#counts.events++;
    else if (kind === 'checkpoint') this.#counts.checkpoints++;
    else if (kind === 'payload') this.#counts.payloads++;
  }

  /** Hashes text of the file, in as large pieces as there are: hashing line by line costs three times as much. */
  hash(text: Uint8Array): void {
    this.#sha.update(text);
  }

  /** What the footer says; ends the tally. */
  footer(exportedAt: string): ExportFooter {
    return { exportedAt, ...this.#counts, sha256: this.#sha.digest('hex') };
  }
}
