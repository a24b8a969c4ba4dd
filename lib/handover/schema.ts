import { z } from 'zod';
import { isWellFormed } from '@/lib/protocol/canonical-json';
import { idSchema } from '@/lib/protocol/ids';
import { MOST_TEXT } from './rules';

/** The longest shift that one note covers, in hours. */
export const MOST_HOURS = 72;

/** `handoverId` is the draft's: pressing twice hands over once. */
export const writeHandoverSchema = z.strictObject({ handoverId: idSchema, since: z.iso.datetime({ offset: false }), text: z.string().trim().min(1, 'must say something, e.g. "A quiet night."').max(MOST_TEXT).refine((text) => isWellFormed(text) && !text.includes('\0'), 'has a character in it that is none: half of a pair, or U+0000') });
export type WriteHandover = z.input<typeof writeHandoverSchema>;

export type HandoverView = { id: string; by: { id: string; name: string }; from: string; to: string; text: string };

/** What a shift was, and what stands at its end. Lists are cut; the numbers are whole. */
export type ShiftFacts = {
  from: string; to: string;
  waiting: { count: number; first: { title: string; agent: string; risk: string; decideBy: string; escalated: boolean; signed: number }[] };
  decided: { by: { name: string; approved: number; denied: number }[]; count: number; last: { title: string; agent: string; verdict: 'approve' | 'deny'; by: string; reason: string | null }[] };
  unseen: { count: number; first: { title: string; agent: string; at: string }[] };
  escalated: number;
  orders: { what: string; kind: 'stop' | 'pause'; reason: string | null; since: string }[];
  alerts: { count: number; first: { title: string; severity: string; agent: string | null }[] };
};
