import type { Logger } from 'pino';
import type { BatchWriter } from '@/lib/log';
import type { ActiveBundle } from '@/lib/policies';
import type { WaitForecasts } from '@/lib/flow';
import type { Signer, Wrapper } from '@/lib/signing';
import { unavailable } from '@/lib/errors';
import type { LeaseRenewals } from '@/lib/sessions';
import type { BegunDecision, HaltAcknowledgements, SwitchView } from '@/lib/switches';
import type { Baselines } from './baselines';
import type { Budgets } from './budgets';
import type { GateMetrics } from './metrics';
import type { LiveSession } from './live-session';

/** What the gate of one process works with. One a gateway process. */
export type Gate = {
  id: string;
  writer: BatchWriter;
  switches: SwitchView;
  acknowledgements: HaltAcknowledgements;
  renewals: LeaseRenewals;
  bundle: () => ActiveBundle;
  permitKey: () => Signer;
  wrapper: Wrapper;
  issuer: string;
  environment: string;
  leaseMs: number;
  budgets: Budgets;
  baselines: Baselines;
  waits: WaitForecasts;
  metrics: GateMetrics;
  logger: Logger;
  sessions: Map<string, LiveSession>;
  /** Sessions that are being attached at this moment, by session and instance. */
  attaching: Map<string, Promise<LiveSession>>;
};

/** Begins a decision under the switches as they are; throws `unavailable` while the view of them is too old to decide by. */
export function beginDecision(gate: Gate): BegunDecision {
  const view = gate.switches.begin();
  if (view.fresh) return view;
  view.end();
  throw blind();
}

/** Throws `unavailable` while the view of the switches is too old to decide by. */
export function requireFresh(gate: Gate): void {
  if (!gate.switches.fresh) throw blind();
}

const blind = () => unavailable('This gateway cannot see at the moment what is stopped, so it allows nothing. Ask again with the same requestId.', 500);
