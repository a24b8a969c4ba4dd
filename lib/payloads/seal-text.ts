import { renderArgs, redactText } from '@/lib/inspect';
import type { PayloadRow } from '@/lib/log';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { newId } from '@/lib/protocol/ids';
import { newSalt, openPayload, payloadMac, sealPayload } from '@/lib/signing';
import type { PayloadKind } from './schema';

/** A text ready to be stored: its sealed row, and what the event says of it. */
export type SealedText = { row: Omit<PayloadRow, 'stream'>; ref: { payloadId: string; mac: string; bytes: number; rendering: string } };

const place = (sessionId: string, payloadId: string, kind: PayloadKind) => `${sessionId}\0${payloadId}\0${kind}`;

/** Seals any JSON value (canonical bytes) under the session's data key. */
export function sealValue(sessionId: string, dataKey: Buffer, kind: PayloadKind, value: unknown): SealedText {
  return seal(sessionId, dataKey, kind, canonicalJson(value), typeof value === 'string' ? redactText(value) : renderArgs(value));
}

function seal(sessionId: string, dataKey: Buffer, kind: PayloadKind, canonical: string, rendering: string): SealedText {
  const id = newId();
  const bytes = Buffer.from(canonical, 'utf8');
  const salt = newSalt();
  const mac = payloadMac(salt, bytes).toString('hex');
  const sealed = sealPayload(dataKey, bytes, place(sessionId, id, kind));
  return {
    row: { id, session_id: sessionId, kind, sealed: sealed.toString('base64'), salt: salt.toString('base64'), mac, bytes: bytes.length },
    ref: { payloadId: id, mac, bytes: bytes.length, rendering },
  };
}

/** Opens a stored payload; undefined when it was erased or does not open under this key at this place. */
export function openValue(sessionId: string, dataKey: Buffer, payload: { id: string; kind: string; sealed: Uint8Array | null }): unknown {
  if (!payload.sealed) return undefined;
  const opened = openPayload(dataKey, Buffer.from(payload.sealed), place(sessionId, payload.id, payload.kind as PayloadKind));
  return opened.ok ? JSON.parse(opened.bytes.toString('utf8')) : undefined;
}
