export { MOST_TEXT } from '@/lib/handover/rules';
export type { HandoverView } from '@/lib/handover/schema';

/** A draft as the page offers it: its own id, so that pressing twice hands over once. */
export type Draft = { id: string; since: string; text: string };
export type HandOver = (input: { handoverId: string; since: string; text: string }) => Promise<{ ok: true; id: string } | { ok: false; because: string }>;
