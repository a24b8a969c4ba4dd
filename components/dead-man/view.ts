import type { ArmInput, DeadManView } from '@/lib/dead-man/schema';

export type { DeadManView };
type Done = { ok: true } | { ok: false; because: string };
export type ArmDeadMan = (input: ArmInput) => Promise<Done>;
export type TendDeadMan = (id: string) => Promise<Done>;
/** What this person may do with it; absent parts are not offered. */
export type Tend = { arm?: ArmDeadMan; disarm?: TendDeadMan; beat?: TendDeadMan };
