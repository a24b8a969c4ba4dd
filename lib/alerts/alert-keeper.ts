import type { Context } from '@/lib/context';
import type { Channel } from '@/lib/db';
import type { AlertRule } from '@/lib/policies/schema';
import { carryOutActs } from './carry-out-acts';
import { followFindings } from './follow-findings';

const SECOND = 1_000;
/** A busy log sends hundreds of notices a second; so often it is read (milliseconds). Well within the second that an act may take. */
const REST_MS = 150;

/** The worker's job that makes alerts: reads on where the log has grown, then does what is due at once. */
export class AlertKeeper {
  readonly name = 'raise alerts';
  #rested = 0;

  constructor(private readonly ctx: Context, private readonly rules: { read(): Promise<readonly AlertRule[]> }, private readonly clock: () => number = () => performance.now()) {}

  async run(): Promise<number> {
    const rest = this.#rested + REST_MS - this.clock();
    if (rest > 0) return rest;
    const rules = await this.rules.read();
    try {
      let round;
      do {
        round = await followFindings(this.ctx, rules);
        // After each page, however many there are to catch up on: what must be done at once waits for none of the others.
        await carryOutActs(this.ctx);
      } while (round.full);
      // What isn't settled yet sends no notice when it is.
      return round.unsettled ? REST_MS : SECOND;
    } finally {
      this.#rested = this.clock();
    }
  }

  wakes(channel: Channel, payload: Record<string, unknown>): boolean {
    return channel === 'cs_log' && Array.isArray(payload.streams) && payload.streams.some((stream) => typeof stream === 'string' && stream.startsWith('session/'));
  }
}
