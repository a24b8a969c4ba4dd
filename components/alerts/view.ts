import type { AlertDetail, AlertFilter, AlertTab, AlertView, CloseReason, RuleLabels } from '@/lib/alerts/schema';

export type { AlertDetail, AlertFilter, AlertTab, AlertView, CloseReason, RuleLabels };

export type AlertDone = { ok: true } | { ok: false; because: string };
export type Handler = { id: string; name: string };

/** What this person may do with an alert; absent where they may not. */
export type HandleAlert = {
  me: string;
  /** Whom it can be given to. */
  people: readonly Handler[];
  acknowledge: (alertId: string) => Promise<AlertDone>;
  assign: (alertId: string, to: string) => Promise<AlertDone>;
  close: (alertId: string, as: CloseReason, note: string) => Promise<AlertDone>;
};
export type MuteAlert = { mute: (alertId: string, forMs: number, why: string) => Promise<AlertDone>; end: (muteId: string) => Promise<AlertDone> };
