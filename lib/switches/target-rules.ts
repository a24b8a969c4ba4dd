import type { ExitEvidence } from '@/lib/protocol/supervisor';
import type { TargetState } from './schema';

/**
 * What holds the process of a target: nothing of ours; a supervisor that this order leaves alone, because other sessions run in the same
 * process; one that may still keep the process; or one that is gone, or silent for so long that it has ended the process by itself.
 */
export type HeldBy = 'nothing' | 'spared' | 'supervisor' | 'silent_supervisor';

/** Everything that is known of one target. Each piece has come or not; they come in any order, and none goes away again. */
export type Evidence = { fenced: boolean; acknowledged: boolean; exited: ExitEvidence | null; leaseLapsed: boolean; unreachable: boolean; heldBy: HeldBy };

/**
 * What a target is called, and whether it counts as stopped. The agent's own word confirms only where nothing of ours holds its process.
 * A supervisor's word confirms only where the kernel says that nothing is left: of a process group nobody knows who has left it.
 * That a lease has lapsed is no word of the agent: its gateway lets it do nothing more, and a supervisor out of touch for so long has killed it.
 */
export function judgeTarget(seen: Evidence): { state: TargetState; confirmed: boolean } {
  return { state: stateOf(seen), confirmed: seen.fenced && isProven(seen) };
}

function stateOf(seen: Evidence): TargetState {
  if (seen.exited !== null) return 'exited';
  if (seen.leaseLapsed && !(seen.acknowledged && wordCounts(seen.heldBy))) return 'lease_lapsed';
  if (seen.acknowledged) return 'acknowledged';
  if (seen.unreachable) return 'unreachable';
  return seen.fenced ? 'fenced' : 'ordered';
}

function isProven({ exited, leaseLapsed, acknowledged, heldBy }: Evidence): boolean {
  if (exited === 'cgroup-empty' || exited === 'pidns-empty') return true;
  if (leaseLapsed && heldBy !== 'supervisor') return true;
  return acknowledged && wordCounts(heldBy);
}

const wordCounts = (heldBy: HeldBy) => heldBy === 'nothing' || heldBy === 'spared';
