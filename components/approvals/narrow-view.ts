import type { ArgumentEdit } from '@/lib/narrowing/schema';

/** What an approver makes of the arguments: edits of some, or all of them anew. */
export type Change = { edits?: ArgumentEdit[]; args?: Record<string, unknown> };

/** One argument as the editor offers it: what may be taken from it, in the tool's declared order. */
export type NarrowField = { path: string; name: string; text: string; removable: boolean } & (
  | { kind: 'list'; members: string[] }
  | { kind: 'amount'; amount: string; currency: string | null; /** How it is written: it is put back in the same form. */ form: 'object' | 'text' | 'number'; whole: unknown }
  | { kind: 'path' }
  | { kind: 'fixed' }
);

/** `raw`: all arguments as JSON, for who replaces them; null where some of them are hidden, since nobody replaces what they cannot see. */
export type NarrowView = { digest: string; fields: NarrowField[]; raw: string | null };

export type PreviewView = {
  kind: 'same' | 'narrowing' | 'replacement'; difference: { path: string; before: string | null; after: string | null }[];
  refused: { because: string; issues: { path: string; message: string }[] } | null; asksNow: string | null;
};

type Answer<T> = { ok: true; value: T } | { ok: false; error: { message: string; issues?: { path: string; message: string }[] } };
export type NarrowActions = { read: (approvalId: string) => Promise<Answer<NarrowView>>; preview: (input: { approvalId: string; digest: string } & Change) => Promise<Answer<PreviewView>> };

export type ChangedView = { lines: string[]; difference: { path: string; before: string | null; after: string | null }[] };
