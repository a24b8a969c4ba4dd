import type { RecordedActor } from '@/lib/context';
import { dedicatedConnection, requiredUrl, type Dedicated } from '@/lib/db';
import { DomainError, unavailable } from '@/lib/errors';
import { BATCH_STATEMENT, type ApprovalUse, type ActionChange, type ActionRow, type ApprovalRow, type BudgetChange, type PayloadRow, type SessionConstraint } from './batch-statement';
import type { NewEvent } from './event';
import { sealEvent, type EventRow } from './seal-event';

type Place = { seq: number; head: string };

/** What a decision writes, made once its place in the stream is known (rows quote the number of their event). */
export type Commit = {
  events: readonly NewEvent[];
  payloads?: Omit<PayloadRow, 'stream'>[];
  actions?: Omit<ActionRow, 'stream'>[];
  approvals?: Omit<ApprovalRow, 'stream'>[];
  changes?: Omit<ActionChange, 'stream'>[];
  used?: Omit<ApprovalUse, 'stream'>[];
  budgets?: Omit<BudgetChange, 'stream'>[];
  constrained?: Omit<SessionConstraint, 'stream'>[];
};
export type Appended =
  | { kind: 'written'; seqs: number[] }
  /** Somebody else wrote to the stream first: read what changed and decide again. */
  | { kind: 'stream_moved' }
  /** A switch was thrown since: refresh the view and decide again. */
  | { kind: 'generation_moved'; generation: number }
  /** The same, and the view knows it already: nothing was sent. */
  | { kind: 'overtaken' };

type Waiting = {
  stream: string;
  generation: number | null;
  actor: RecordedActor;
  build: (firstSeq: number, recordedAt: string) => Commit | undefined;
  since: number | undefined;
  resolve: (appended: Appended) => void;
  reject: (error: Error) => void;
};

/** Thrown for what was surely not written: there is nothing to look for. */
export class Unwritten extends DomainError {}

const MAX_BATCH = 256;
const MAX_QUEUE = 20_000;

/**
 * The gate's one writer in a process: while a commit is on its way to disk the next ones gather, and leave together.
 * It remembers where each stream ends; Postgres compares before it writes, so a wrong memory costs a retry, never a fork.
 */
export class BatchWriter {
  /** `since` says from which reading on this writer knows all that was written to the stream. */
  private readonly heads = new Map<string, Place & { since: number }>();
  private readings = 0;
  private queue: Waiting[] = [];
  private busy = false;
  private client: Dedicated | undefined;
  private closed = false;
  private idle: (() => void)[] = [];

  /** `onMoved` hears at once of each stream that is no longer where this writer left it, before anything else is decided on it. */
  constructor(private readonly onMoved: (stream: string) => void = () => {}, private readonly url = requiredUrl()) {}

  /**
   * Queues one commit; resolves when it is on disk. Rejects with `Unwritten` for what is not and will not be, with `unavailable` when
   * the outcome is unknown: look before writing again. With `since`, the answer of the `place` after which the rows were read that it was decided by, only if nobody else has written meanwhile. A `build` that answers nothing was overtaken by what is written before it: the stream has moved for it.
   */
  append(stream: string, generation: number | null, actor: RecordedActor, build: Waiting['build'], since?: number): Promise<Appended> {
    if (this.closed) return Promise.reject(new Unwritten('unavailable', 'This gateway is shutting down.', { retryAfterMs: 1_000 }));
    if (this.queue.length >= MAX_QUEUE) return Promise.reject(new Unwritten('unavailable', 'More is waiting to be recorded than this gateway can hold.', { retryAfterMs: 500 }));
    return new Promise((resolve, reject) => {
      this.queue.push({ stream, generation, actor, build, since, resolve, reject });
      if (!this.busy) this.wake();
    });
  }

  /** A switch was thrown: what was decided by generation and has not been sent is not sent any more, so that a fence waits for no second batch. */
  overtake(): void {
    const overtaken = this.queue.filter((waiting) => waiting.generation !== null);
    this.queue = this.queue.filter((waiting) => waiting.generation === null);
    for (const waiting of overtaken) waiting.resolve({ kind: 'overtaken' });
  }

  /** How many commits wait for their turn. */
  get waiting(): number { return this.queue.length; }

  /** Where a stream ends, as read before the rows that decisions on it go by. Without it nothing is appended. */
  place(stream: string, place: Place): number {
    const since = ++this.readings;
    this.heads.set(stream, { ...place, since });
    return since;
  }

  /** The `since` of a stream that is placed. */
  placed(stream: string): number | undefined { return this.heads.get(stream)?.since; }

  /** Drops what is remembered of a stream that has ended, or that another process may have moved. */
  forget(stream: string): void { this.heads.delete(stream); }

  async close(): Promise<void> {
    this.closed = true;
    if (this.busy) await new Promise<void>((resolve) => this.idle.push(resolve));
    await this.client?.end().catch(() => {});
  }

  private wake(): void {
    this.busy = true;
    setImmediate(() => void this.drain());
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) {
      // One batch is decided under one generation; the others wait for the next.
      const generation = this.queue[0]!.generation;
      const batch: Waiting[] = [];
      const rest: Waiting[] = [];
      for (const waiting of this.queue) (batch.length < MAX_BATCH && waiting.generation === generation ? batch : rest).push(waiting);
      this.queue = rest;
      await this.writeBatch(batch, generation);
    }
    this.busy = false;
    for (const resolve of this.idle.splice(0)) resolve();
  }

  private async writeBatch(batch: Waiting[], generation: number | null, attempt = 0): Promise<void> {
    try {
      await this.send(await this.connection(), batch, generation);
    } catch (error) {
      // Postgres chose this statement to end a deadlock: nothing of it was written, and it can be sent again as it is.
      if (isDeadlock(error) && attempt < 5) return this.writeBatch(batch, generation, attempt + 1);
      if (batch.length > 1 && isRefusedByPostgres(error)) {
        // One of them cannot be written; alone, each gets its own answer.
        for (const waiting of batch) await this.writeBatch([waiting], generation);
        return;
      }
      if (!isRefusedByPostgres(error)) await this.dropConnection();
      const failure = isRefusedByPostgres(error)
        ? new Unwritten('internal', 'This could not be recorded.', { cause: error })
        : unavailable('The record cannot be reached. Nothing was allowed; ask again with the same requestId.', 500, error);
      for (const stream of new Set(batch.map((waiting) => waiting.stream))) this.moved(stream);
      for (const waiting of batch) waiting.reject(failure);
    }
  }

  private async send(client: Dedicated, batch: Waiting[], generation: number | null): Promise<void> {
    const recordedAt = new Date().toISOString();
    const wanted = new Map<string, { id: string; expected: number; prev: string; last_seq: number; head: string }>();
    const events: EventRow[] = [];
    const seqsOf = new Map<Waiting, number[]>();
    const rows = { payloads: [] as PayloadRow[], actions: [] as ActionRow[], approvals: [] as ApprovalRow[], changes: [] as ActionChange[], used: [] as ApprovalUse[], budgets: [] as BudgetChange[], constrained: [] as SessionConstraint[] };
    for (const waiting of batch) {
      const { stream } = waiting;
      const place = this.heads.get(stream);
      if (!place || (waiting.since !== undefined && waiting.since !== place.since)) {
        waiting.resolve({ kind: 'stream_moved' });
        continue;
      }
      const want = wanted.get(stream) ?? { id: stream, expected: place.seq, prev: place.head, last_seq: place.seq, head: place.head };
      let commit: Commit | undefined;
      const sealed: EventRow[] = [];
      try {
        commit = waiting.build(want.last_seq + 1, recordedAt);
        for (const event of commit?.events ?? []) sealed.push(sealEvent(event, waiting.actor, want.last_seq + sealed.length + 1, sealed.at(-1)?.hash ?? want.head, recordedAt));
      } catch (error) {
        // What cannot be written down is its own sender's alone: the others of the batch are written.
        waiting.reject(new Unwritten('internal', 'This could not be recorded.', { cause: error }));
        continue;
      }
      if (!commit) {
        waiting.resolve({ kind: 'stream_moved' });
        continue;
      }
      wanted.set(stream, want);
      for (const row of sealed) {
        want.last_seq = row.seq;
        want.head = row.hash;
        events.push(row);
      }
      seqsOf.set(waiting, sealed.map(({ seq }) => seq));
      for (const row of commit.payloads ?? []) rows.payloads.push({ stream, ...row });
      for (const row of commit.actions ?? []) rows.actions.push({ stream, ...row });
      for (const row of commit.approvals ?? []) rows.approvals.push({ stream, ...row });
      for (const row of commit.changes ?? []) rows.changes.push({ stream, ...row });
      for (const row of commit.used ?? []) rows.used.push({ stream, ...row });
      for (const row of commit.budgets ?? []) rows.budgets.push({ stream, ...row });
      for (const row of commit.constrained ?? []) rows.constrained.push({ stream, ...row });
    }
    const streams = [...wanted.values()];
    if (streams.length === 0) return;
    const json = (list: unknown[]) => (list.length === 0 ? '[]' : JSON.stringify(list));
    const [row] = await client.prepared<{ generation: bigint | string; ok: string[] | null }>('gate-batch', BATCH_STATEMENT, [
      json(streams), generation, json(events), json(rows.payloads), json(rows.actions), json(rows.approvals), json(rows.changes), json(rows.budgets),
      JSON.stringify({ streams: streams.slice(0, 100).map((s) => s.id), ...(rows.approvals.length + rows.used.length > 0 ? { approvals: true } : {}) }), json(rows.used), streams.map((one) => one.id), json(rows.constrained),
    ]);
    if (!row) throw new Error('the batch statement answered nothing');
    const current = Number(row.generation);
    const ok = new Set(row.ok ?? []);
    for (const want of streams) {
      const held = this.heads.get(want.id);
      if (ok.has(want.id)) {
        // Placed again while this was under way: a reading from just before these rows goes on after them, one that has them stands. One from
        // before rows that were ours already knows too little, though the end of the stream would now fit it.
        if (held?.seq === want.expected) this.heads.set(want.id, { seq: want.last_seq, head: want.head, since: held.since });
        else if (held && held.seq < want.last_seq) this.moved(want.id);
      }
      else if (generation === null || current === generation) this.moved(want.id);
    }
    for (const waiting of seqsOf.keys()) {
      if (ok.has(waiting.stream)) waiting.resolve({ kind: 'written', seqs: seqsOf.get(waiting)! });
      else if (generation !== null && current !== generation) waiting.resolve({ kind: 'generation_moved', generation: current });
      else waiting.resolve({ kind: 'stream_moved' });
    }
  }

  /** Somebody else wrote to the stream: whatever waits for it was decided by rows that may have changed. */
  private moved(stream: string): void {
    this.heads.delete(stream);
    this.onMoved(stream);
    const rest: Waiting[] = [];
    for (const waiting of this.queue) {
      if (waiting.stream === stream) waiting.resolve({ kind: 'stream_moved' });
      else rest.push(waiting);
    }
    this.queue = rest;
  }

  private async connection(): Promise<Dedicated> {
    if (this.client) return this.client;
    const client: Dedicated = await dedicatedConnection({ url: this.url, statementMs: 15_000, onLost: () => { if (this.client === client) this.client = undefined; } });
    return (this.client = client);
  }

  private async dropConnection(): Promise<void> {
    const held = this.client;
    this.client = undefined;
    await held?.end().catch(() => {});
  }
}

const isDeadlock = (error: unknown): boolean => ['40P01', '40001'].includes((error as { code?: string } | null)?.code ?? '');

/** Postgres answered and said no (a constraint, a bad value), as opposed to not answering. */
function isRefusedByPostgres(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(22|23|40|42)/.test(code);
}
