export const textClasses = ['args', 'input', 'output', 'rationale', 'plan'] as const;
export type TextClass = (typeof textClasses)[number];
/** Days that each class is kept; null keeps it. */
export type RetentionView = Record<TextClass, number | null>;
export type TextCounts = Partial<Record<TextClass, { kept: number; erased: number }>>;

export type ErasureRow = { id: string; kind: 'asked' | 'aged'; session?: { id: string; shortId: string } | undefined; why: string; askedBy: string; askedAt: string; doneAt: string | null; payloads: number; sessions: number };
export type BackupRow = { kind: 'made' | 'restored'; at: string; by: string; backupId: string; events: number; sha256: string; madeAt?: string };

export type SaveRetention = (retention: RetentionView) => Promise<{ ok: true } | { ok: false; because: string }>;

/** What each class is, as people say it. */
export const classWords: Record<TextClass, readonly [name: string, what: string]> = {
  args: ['Arguments', 'what agents wanted to call tools with'],
  input: ['Inputs', 'what agents were told, by people and by sources'],
  output: ['Outputs', 'what tools answered and agents said'],
  rationale: ['Reasons', 'what agents wrote about their own actions'],
  plan: ['Plans', 'the steps that agents announced'],
};
