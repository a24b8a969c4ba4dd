import { verify } from 'node:crypto';
import { promisify } from 'node:util';
import { loadAgentKeys } from '@/lib/agents';
import type { Context } from '@/lib/context';
import { decodeBase64url } from '@/lib/protocol/base64url';
import type { VerificationKey } from '@/lib/protocol/ed25519-key';
import { haltAckBytes } from '@/lib/protocol/halt-ack';
import { recordHaltAcknowledgements, type HaltAcknowledgement } from './record-halt-acknowledgement';

type Waiting = { given: HaltAcknowledgement; resolve: () => void; reject: (error: unknown) => void };

/** More wait for the next transaction; within one, a session's row is held as long as it takes. */
const SESSIONS_AT_ONCE = 500;
/** The first waits so long for others (milliseconds). */
const GATHER_MS = 4;
/** And at most so long for the decisions that its order found under way (milliseconds). */
const SETTLE_MS = 500;
/** A key that was taken from an agent counts this much longer (milliseconds). */
const KEYS_KEPT_MS = 5_000;

const verifyOffThread = promisify(verify);

/**
 * What agents answer to a halt, on its way to the record: signatures are checked beside the event loop, and while some are being written
 * the next ones gather and are written together. A stop of ten thousand is not ten thousand transactions.
 */
export class HaltAcknowledgements {
  private queue: Waiting[] = [];
  private running: Promise<void> = Promise.resolve();
  private busy = false;
  private readonly keys = new Map<string, { at: number; keys: Promise<Map<string, VerificationKey>> }>();

  /**
   * `settledBefore` resolves once what was being decided when the order came is over. It needs the streams that writing here holds, and the fence waits for it.
   * `onRecord` resolves once an order is in the database: control tells it before, and an acknowledgement is written beside its row.
   */
  constructor(private readonly settledBefore: () => Promise<void> = () => Promise.resolve(), private readonly onRecord: (orderId: string) => Promise<void> = () => Promise.resolve(), private readonly clock: () => number = () => performance.now()) {}

  /** Resolves once it is on record. Rejects for a signature that does not hold: whoever sent that has acknowledged nothing. */
  async take(ctx: Context, { orderId, acknowledgement }: Pick<HaltAcknowledgement, 'orderId' | 'acknowledgement'>): Promise<void> {
    const [signedBy] = await Promise.all([this.signer(ctx, orderId, acknowledgement), this.onRecord(orderId)]);
    await new Promise<void>((resolve, reject) => {
      this.queue.push({ given: { ctx, orderId, acknowledgement, ...(signedBy === undefined ? {} : { signedBy }) }, resolve, reject });
      if (!this.busy) { this.busy = true; this.running = this.drain(); }
    });
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    while (this.busy) await this.running;
  }

  private async drain(): Promise<void> {
    await Promise.all([after(GATHER_MS), Promise.race([this.settledBefore(), after(SETTLE_MS)])]);
    while (this.queue.length > 0) {
      const batch = this.nextBatch();
      try {
        await recordHaltAcknowledgements(batch.map(({ given }) => given));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.busy = false;
  }

  private nextBatch(): Waiting[] {
    let sessions = 0, taken = 0;
    for (const { given } of this.queue) {
      sessions += given.acknowledgement.stopped.length;
      if (taken > 0 && sessions > SESSIONS_AT_ONCE) break;
      taken += 1;
    }
    return this.queue.splice(0, taken);
  }

  /** The kid under a signature that holds; undefined where nothing was signed, or the agent has no key to check it by. */
  private async signer(ctx: Context, orderId: string, acknowledgement: HaltAcknowledgement['acknowledgement']): Promise<string | undefined> {
    if (acknowledgement.signature === undefined || ctx.actor.kind !== 'agent') return undefined;
    const keys = await this.keysOf(ctx.actor.id);
    if (keys.size === 0) return undefined;
    const signature = decodeBase64url(acknowledgement.signature);
    const bytes = haltAckBytes(orderId, acknowledgement);
    if (signature?.length === 64) for (const [kid, { key }] of keys) if (await verifyOffThread(null, bytes, key, signature)) return kid;
    throw new Error('the acknowledgement of a halt carries a signature that does not hold');
  }

  private keysOf(agentId: string): Promise<Map<string, VerificationKey>> {
    const held = this.keys.get(agentId);
    if (held && this.clock() - held.at < KEYS_KEPT_MS) return held.keys;
    if (this.keys.size > 10_000) this.keys.clear();
    const keys = loadAgentKeys(agentId);
    this.keys.set(agentId, { at: this.clock(), keys });
    keys.catch(() => this.keys.delete(agentId));
    return keys;
  }
}

const after = (ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms); });
