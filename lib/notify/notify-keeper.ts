import type { Logger } from 'pino';
import type { Context } from '@/lib/context';
import type { Channel } from '@/lib/db';
import { sql } from '@/lib/db';
import { closeWindows } from './close-windows';
import { claimDue, deliver } from './deliver';
import { followLog } from './follow-log';
import { giveUpStale, sweepNotices } from './sweep-notices';
import type { ClassesOf } from './make-notices';
import { rulesOfEnvironment, type SendingRules } from './send';

const SECOND = 1_000;
/** A busy log sends hundreds of notices a second; so often it is read (milliseconds). */
const REST_MS = 150;
/** How many this worker sends at a time, and how long it waits for these when it ends (milliseconds); others take over what it leaves. */
const AT_ONCE = 24;
const LAST_WAIT_MS = 3_000;

type Options = { ctx: Context; logger: Logger; classesOf: ClassesOf; rules?: SendingRules; clock?: () => number; /** How far a delay is off its steady value, from 0 up to 1. */ chance?: () => number };

/** The worker's jobs that tell people: one makes what is to be told from the log, the other delivers it. */
export class NotifyKeeper {
  #rested = 0;
  readonly #sending = new Set<Promise<void>>();
  readonly #rules: SendingRules;
  readonly #clock: () => number;

  constructor(private readonly options: Options) {
    this.#rules = options.rules ?? rulesOfEnvironment();
    this.#clock = options.clock ?? (() => performance.now());
  }

  get jobs() {
    return [
      { name: 'see whom to tell', run: () => this.#follow(), wakes: (channel: Channel, payload: Record<string, unknown>) => channel === 'cs_log' && Array.isArray(payload.streams) && payload.streams.some((stream) => typeof stream === 'string' && (stream.startsWith('session/') || stream === 'org/alerts')) },
      { name: 'let go of old notices', run: async () => { await giveUpStale(this.options.ctx); await sweepNotices(); return 60 * 60 * SECOND; } },
      { name: 'tell people', run: () => this.#deliver(), wakes: (channel: Channel) => channel === 'cs_notify' },
    ];
  }

  async #follow(): Promise<number> {
    const rest = this.#rested + REST_MS - this.#clock();
    if (rest > 0) return rest;
    try {
      let round;
      do round = await followLog(this.options.ctx, this.options.classesOf); while (round.full);
      return round.unsettled ? REST_MS : SECOND;
    } finally {
      this.#rested = this.#clock();
    }
  }

  async #deliver(): Promise<number> {
    const endsIn = await closeWindows();
    const free = AT_ONCE - this.#sending.size;
    const claimed = free > 0 ? await claimDue(free) : [];
    for (const notice of claimed) {
      // Where it failed, and nothing that the error carries: that may be where the channel leads.
      const onTrouble = (error: unknown) => { this.options.logger.error({ stack: error instanceof Error ? error.stack : typeof error, noticeId: notice.id, channel: notice.name }, 'a notice could not be sent by us'); };
      const sending = deliver(this.options.ctx, notice, this.#rules, this.options.chance, onTrouble)
        .then(() => {}, (error: unknown) => { this.options.logger.error({ err: error, noticeId: notice.id, channel: notice.name }, 'a notice could not be settled; it is tried again when its lease has lapsed'); })
        .finally(() => { this.#sending.delete(sending); });
      this.#sending.add(sending);
    }
    // Whoever finishes says so, which wakes this; so does whatever is new. The clock is for what was said to nobody.
    const [next] = await sql.rows<{ ms: number | null }>(
      `SELECT extract(epoch FROM min(greatest(due_at, coalesce(lease_until, due_at))) - clock_timestamp())::float8 * 1000 AS ms FROM notice WHERE state = 'waiting' AND greatest(due_at, coalesce(lease_until, due_at)) > clock_timestamp()`);
    return Math.max(20, Math.min(SECOND, endsIn ?? SECOND, next?.ms ?? SECOND));
  }

  /** Waits a moment for what is on its way; the lease of the rest lapses, and the next worker sends it under the same id. */
  async stop(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([Promise.allSettled([...this.#sending]), new Promise((resolve) => { timer = setTimeout(resolve, LAST_WAIT_MS); })]);
    clearTimeout(timer);
  }
}
