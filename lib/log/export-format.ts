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
const EVENT_TAIL = EVENT_HASH.length + 64 + EVENT_END.length;

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
  const json = parseStrictJson(text);
  const parsed = json.ok ? lineSchema.safeParse(json.value) : undefined;
  return parsed?.success && canonicalJson(parsed.data) === text ? parsed.data : undefined;
}

export type ExportInput = { parts: AsyncIterable<ExportPart> | Iterable<ExportPart>; exportedAt: Date; source: string; sign: Sign };

/**
 * The export's text in chunks of some 64 KB, made as they are asked for, so that a slow disk holds the exporter back
 * and memory stays flat. `sign` is called once, at the end, with the checkpoint key.
 */
export async function* exportText({ parts, exportedAt, source, sign }: ExportInput): AsyncGenerator<string> {
  const at = exportedAt.toISOString();
  const tally = new LineTally();
  let chunk = tally.add({ kind: 'header', format: EXPORT_FORMAT, version: EXPORT_VERSION, exportedAt: at, source });
  for await (const part of parts) {
    chunk += tally.add(part);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  const jws = await sign(EXPORT_TYP, tally.footer(at));
  yield `${chunk}${writeLine({ kind: 'footer', jws })}\n`;
}

const CHUNK = 64 * 1024;

/** Counts and hashes lines as they pass, for writer and reader alike. */
export class LineTally {
  readonly #sha = createHash('sha256');
  #pending = '';
  readonly #counts = { lines: 0, events: 0, checkpoints: 0, payloads: 0 };

  add(line: ExportLine): string {
    const text = `${writeLine(line)}\n`;
    this.pass(text, line.kind);
    return text;
  }

  /** Takes a line as it stands in the file, with its line feed. */
  pass(text: string, kind: ExportLine['kind'] | undefined): void {
    this.#pending += text;
    // Hashing a few large pieces costs a third of hashing every line.
    if (this.#pending.length > CHUNK) this.#flush();
    this.#counts.lines++;
    if (kind === 'event') this.#counts.events++;
    else if (kind === 'checkpoint') this.#counts.checkpoints++;
    else if (kind === 'payload') this.#counts.payloads++;
  }

  /** What the footer says; ends the tally. */
  footer(exportedAt: string): ExportFooter {
    this.#flush();
    return { exportedAt, ...this.#counts, sha256: this.#sha.digest('hex') };
  }

  #flush(): void {
    this.#sha.update(this.#pending, 'utf8');
    this.#pending = '';
  }
}
