import type { Socket } from 'socket.io';
import { parseInput } from '@/lib/parse-input';
import { asDomainError, invalid, rateLimited } from '@/lib/errors';
import { newId } from '@/lib/protocol/ids';
import { checkJsonValue } from '@/lib/protocol/strict-json';
import { exitedSchema, haltedSchema, renewSchema, type Exited, type SupervisorHandshake } from '@/lib/protocol/supervisor';
import { signOrder, type Signer } from '@/lib/signing';
import type { HeldSupervisorKey, SeenSupervisor } from '@/lib/supervisors';

/** Renewals come every few seconds; what comes faster than this is no supervisor of ours (milliseconds between two, and how many at once). */
const RENEW_EVERY_MS = 100;
const RENEW_BURST = 10;

export type ConnectionEvents = {
  key(): Signer;
  leaseMs: number;
  /** Whether everything that stands is known here, so that silence means that nothing does. */
  complete(): boolean;
  onExit(said: Exited, orderId: string | null): void;
  onError(error: unknown): void;
};

/** One supervisor's connection: what it was told, and what it says. */
export class SupervisorConnection {
  /** Orders that were sent on this connection. */
  readonly told = new Set<string>();
  /** Row and event of its coming are in the database. */
  recorded = false;
  private readonly connectedAt = new Date();
  private leftAt: Date | undefined;
  private renewals = { left: RENEW_BURST, at: performance.now() };

  constructor(private readonly socket: Socket, private readonly handshake: Omit<SupervisorHandshake, 'key'>, private readonly keyHeld: HeldSupervisorKey, private readonly events: ConnectionEvents) {
    socket.onAny((event: string, ...args: unknown[]) => void this.answer(event, args));
  }

  get agentId(): string { return this.keyHeld.agentId; }
  get environment(): string { return this.keyHeld.environment; }
  get keyId(): string { return this.keyHeld.id; }
  get instanceId(): string { return this.handshake.instanceId; }
  get runId(): string | null { return this.handshake.runId ?? null; }

  /** What is noted of it: connected at this moment or until it left, and for how long it goes on if this was the last that it heard. */
  seen(now: Date, extendMs = 0): SeenSupervisor {
    const { pid, containment = null, onControlLoss = null, links = 1 } = this.handshake;
    const at = this.leftAt ?? now;
    return { agentId: this.agentId, instanceId: this.instanceId, keyId: this.keyId, runId: this.runId, links, pid, containment, onControlLoss, connectedAt: this.connectedAt, seenAt: at, holdsUntil: new Date(at.getTime() + this.events.leaseMs + extendMs + 1_000) };
  }

  /** The connection is over. From here on its lease runs. */
  left(at: Date): void { this.leftAt = at; }

  /** Sends a stop, once on this connection. The acknowledgement comes when no process is left, however long that takes. */
  halt(orderId: string, orderJws: string): void {
    if (this.told.has(orderId)) return;
    this.told.add(orderId);
    this.socket.emit('halt', { orderJws }, (answer: unknown) => {
      const json = checkJsonValue(answer, { maxBytes: 4_096, maxDepth: 4 });
      const halted = json.ok ? haltedSchema.safeParse(answer) : undefined;
      // Anything else is no evidence: the order stays unconfirmed, and its page says so.
      if (halted?.success) this.events.onExit(this.weighed(halted.data), orderId);
      else this.events.onError(invalid('A supervisor acknowledged a halt with something that is no evidence.'));
    });
  }

  extend(orderJws: string): void { this.socket.emit('extend', { orderJws }); }

  close(): void { this.socket.disconnect(true); }

  private async answer(event: string, args: unknown[]): Promise<void> {
    const acknowledge = args.at(-1);
    if (typeof acknowledge !== 'function') return;
    const reply = acknowledge as (value: object) => void;
    try {
      if (args.length !== 2) throw invalid(`${event.slice(0, 80)} takes one body and an acknowledgement.`);
      const json = checkJsonValue(args[0], { maxBytes: 4_096, maxDepth: 4 });
      if (!json.ok) throw invalid(`The body ${json.issues[0].message}.`, json.issues);
      reply({ ok: true, ...(await this.handle(event, args[0])) });
    } catch (error) {
      const known = asDomainError(error);
      if (known.code === 'internal') this.events.onError(known.cause ?? known);
      reply({ ok: false, error: { code: known.code, message: known.message, ...(known.issues ? { issues: known.issues } : {}), ...(known.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs }) } });
    }
  }

  private async handle(event: string, body: unknown): Promise<object> {
    if (event === 'renew') {
      const { id } = parseInput(renewSchema, body);
      this.spendRenewal();
      const orderJws = await signOrder(this.events.key(), { kind: 'noop', id, issuedAt: new Date().toISOString() });
      return { orderJws, leaseMs: this.events.leaseMs, agentId: this.agentId, environment: this.environment, complete: this.events.complete() };
    }
    if (event === 'exited') {
      this.events.onExit(this.weighed(parseInput(exitedSchema, body)), null);
      return {};
    }
    throw invalid(`There is no event "${event.slice(0, 80)}".`);
  }

  /** Who said on coming that it holds a process group alone cannot say afterwards that a namespace is empty. */
  private weighed(said: Exited): Exited {
    return this.handshake.containment === 'process_group' ? { ...said, evidence: 'group-exited' } : said;
  }

  private spendRenewal(): void {
    const now = performance.now();
    const left = Math.min(RENEW_BURST, this.renewals.left + (now - this.renewals.at) / RENEW_EVERY_MS);
    if (left < 1) throw rateLimited('Renewed too often.', RENEW_EVERY_MS);
    this.renewals = { left: left - 1, at: now };
  }
}

/** A signed word that control is about to restart. */
export const signedExtension = (key: Signer, now: Date, extendMs: number): string | Promise<string> =>
  signOrder(key, { kind: 'extend', id: newId(), issuedAt: now.toISOString(), epoch: now.getTime(), extendMs });
