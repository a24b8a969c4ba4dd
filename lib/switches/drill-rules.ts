import type { KeySet } from '@/lib/protocol/ed25519-key';
import { signedOrder, type OrderRow } from './rules';
import type { SwitchKind, SwitchScope } from './schema';

/** What a stop may be a drill's: one of a deployment that a drill itself has started, and nothing wider. */
export const mayBeDrill = (order: { kind: SwitchKind; scope: SwitchScope; targetIsDrill: boolean }): boolean => order.kind === 'stop' && order.scope === 'instance' && order.targetIsDrill;

/**
 * Whether control may undo an order by itself because its drill is over. Everything must say so: the row, what control signed when it was
 * pressed, and whose deployment it is. A real stop was never signed as a drill, so nothing that is written later makes it one.
 */
export function mayReleaseAsDrill(row: OrderRow, about: { targetIsDrill: boolean; drillIsOver: boolean }, check: { keys: KeySet; now: Date }): boolean {
  const signed = signedOrder(row, check);
  if (!about.drillIsOver || !row.drill || signed?.drill !== true || signed.kind !== 'engage') return false;
  if (signed.scope !== row.scope || signed.target !== row.target) return false;
  return mayBeDrill({ kind: row.kind, scope: row.scope, targetIsDrill: about.targetIsDrill });
}
