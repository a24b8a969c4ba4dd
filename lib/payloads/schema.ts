import { z } from 'zod';
import { idSchema } from '@/lib/protocol/ids';

/** Classes of texts that a setting keeps for so long. A `dump` is made of all of them. */
export const textKinds = ['args', 'input', 'output', 'rationale', 'plan'] as const;
export type PayloadKind = (typeof textKinds)[number] | 'dump';

/** Days that each class of texts is kept; null keeps it. */
export type Retention = Record<(typeof textKinds)[number], number | null>;

const reason = z.string().trim().min(3, 'must say why, in a few words, e.g. "the customer asked for it"').max(500);
export const eraseSessionSchema = z.strictObject({ sessionId: idSchema, reason });
export type EraseSession = z.input<typeof eraseSessionSchema>;
export const revealPayloadSchema = z.strictObject({ sessionId: idSchema, payloadId: idSchema, reason });
export type RevealPayload = z.input<typeof revealPayloadSchema>;

/** What a text was replaced by: when, on whose word and why. */
export type Erased = { at: string; by: string; why: string };
/** A text as a person reads it. `hidden` counts detected secrets in it that are not shown. */
export type ShownPayload = { kind: 'text'; value: unknown; hidden: number } | ({ kind: 'erased' } & Erased) | { kind: 'unreadable' };

/** A destruction of texts that was asked for or that the clock did. `sessionId` is null where it is about many. */
export type ErasureView = { id: string; kind: 'asked' | 'aged'; sessionId: string | null; why: string; askedBy: string; askedAt: string; doneAt: string | null; payloads: number; sessions: number };
