import { EventEmitter } from 'node:events';
import * as parser from 'socket.io-parser';
import { MAX_DEPTH } from '@/lib/protocol/limits';
import { RefusedValue } from '@/lib/protocol/refused-value';
import { findDuplicateKey, scanJson } from '@/lib/protocol/scan-json';

type Packet = { type: number; data?: unknown };

/** Event name and body lie around what a body's own depth is counted from. */
const AROUND = 2;

/**
 * socket.io's own reader of packets, which also looks at their text: of a key written twice JSON.parse keeps the last, and a
 * reader in between might have kept the first. Such a body becomes a RefusedValue, which every check of JSON values refuses.
 */
class StrictDecoder extends EventEmitter {
  readonly #decoder = new parser.Decoder();
  #text: string | undefined;

  constructor() {
    super();
    this.#decoder.on('decoded', (packet: Packet) => this.emit('decoded', strict(packet, this.#text)));
  }

  /** Throws for what is no packet, as the reader of socket.io does; that closes the connection. */
  add(chunk: unknown): void {
    this.#text = typeof chunk === 'string' ? chunk : undefined;
    this.#decoder.add(chunk);
  }

  destroy(): void {
    this.#decoder.destroy();
  }
}

/** For `new Server({ parser })`. */
export const strictParser = { ...parser, Decoder: StrictDecoder as unknown as typeof parser.Decoder };

function strict(packet: Packet, text: string | undefined): Packet {
  if (packet.data === undefined) return packet;
  // Put together from several frames, of which none is a text that could be looked at.
  if (text === undefined) return refused(packet, new RefusedValue('', 'is not a JSON value'));
  const { depth, members } = scanJson(text);
  // Deeper than anything that is taken; whoever checks the value says so.
  if (depth > MAX_DEPTH + AROUND || countMembers(packet.data) === members) return packet;
  const path = findDuplicateKey(text.slice(text.search(/[[{]/)));
  return refused(packet, new RefusedValue(Array.isArray(packet.data) ? path.replace(/^\/\d+/, '') : path, 'appears twice'));
}

const refused = (packet: Packet, value: RefusedValue): Packet => ({ ...packet, data: Array.isArray(packet.data) ? packet.data.map((item: unknown) => (typeof item === 'object' ? value : item)) : value });

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let members = 0;
  if (Array.isArray(value)) for (const item of value) members += countMembers(item);
  else {
    const record = value as Record<string, unknown>;
    for (const key of Object.keys(record)) members += 1 + countMembers(record[key]);
  }
  return members;
}
