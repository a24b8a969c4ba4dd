export type StreamRow = { id: string; label: string; events: number; lastAt: string | null };
export type LogEvent = { id: string; stream: string; seq: number; type: string; actor: string; recordedAt: string; summary: string; hash: string; session?: { id: string; shortId: string } };
export type CheckpointRow = { index: number; at: string; treeSize: number; root: string; anchored: string[] };

/** What a check of the whole log came to. */
export type VerifyState =
  | { kind: 'never' }
  | { kind: 'running' }
  | { kind: 'holds'; at: string; events: number; streams: number; checkpoint: number; keyId: string }
  | { kind: 'broken'; at: string; events: number; findings: string[] };

export type Verify = () => Promise<{ ok: true } | { ok: false; because: string }>;
