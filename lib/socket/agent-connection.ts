import type { Socket } from 'socket.io';
import type { KnownAgent } from '@/lib/agents';
import { makeContext, type Context } from '@/lib/context';
import { DomainError, rateLimited } from '@/lib/errors';
import type { Gate } from '@/lib/gate';
import { loseSessions } from '@/lib/sessions';
import type { Capability, InstanceClaim } from '@/lib/protocol/identity';

/** Requests a connection may have unanswered, and how fast it may send (events a second, with a burst). */
const MOST_UNANSWERED = 512;
const RATE = 1_000;
const BURST = 2_000;

/** One instance's connection: who it is, its lease on our monotonic clock, and how much it asks. */
export class AgentConnection {
  leaseEndsAt: number;
  leaseExpiresAt: Date;
  replaced = false;
  /** The sessions that were reached through this connection. */
  readonly sessionIds = new Set<string>();
  private unanswered = 0;
  private tokens = BURST;
  private tokensAt = performance.now();
  private lapseTimer: NodeJS.Timeout | undefined;
  private tokenTimer: NodeJS.Timeout | undefined;

  constructor(
    private readonly gate: Gate,
    readonly socket: Socket,
    public agent: KnownAgent,
    readonly instance: InstanceClaim,
    public capabilities: readonly Capability[],
    tokenExpiresAt: Date,
  ) {
    this.leaseEndsAt = performance.now() + gate.leaseMs;
    this.leaseExpiresAt = new Date(Date.now() + gate.leaseMs);
    this.watchLease();
    this.watchToken(tokenExpiresAt);
  }

  context(): Context {
    return makeContext({ kind: 'agent', id: this.agent.id, name: this.agent.name, instanceId: this.instance.id });
  }

  get lapsed(): boolean { return performance.now() >= this.leaseEndsAt; }

  renewLease(): void {
    this.leaseEndsAt = performance.now() + this.gate.leaseMs;
    this.leaseExpiresAt = new Date(Date.now() + this.gate.leaseMs);
    this.watchLease();
  }

  /** Every request but the renewal itself needs a lease that stands. */
  requireLease(): void {
    if (this.lapsed) throw new DomainError('lease_lapsed', 'The lease has lapsed. Send lease.renew, then open the session again by its id.');
  }

  /** Counts one request in; throws `rate_limited` when the connection asks more than one may. */
  enter(): void {
    const now = performance.now();
    this.tokens = Math.min(BURST, this.tokens + ((now - this.tokensAt) * RATE) / 1000);
    this.tokensAt = now;
    if (this.unanswered >= MOST_UNANSWERED) throw rateLimited(`${MOST_UNANSWERED} requests of this connection wait for their answer. Wait for some before sending more.`, 100);
    if (this.tokens < 1) throw rateLimited(`A connection may send ${RATE} events a second.`, Math.ceil((1 - this.tokens) * 1000 / RATE));
    this.tokens -= 1;
    this.unanswered += 1;
  }

  leave(): void { this.unanswered -= 1; }

  watchToken(expiresAt: Date): void {
    clearTimeout(this.tokenTimer);
    this.tokenTimer = setTimeout(() => this.close('unauthenticated', 'The access token has expired. Connect again with a new one, and send auth.refresh before it expires.'), Math.max(0, expiresAt.getTime() - Date.now()));
  }

  /** Says why, then closes. */
  close(code: string, message: string): void {
    this.socket.emit('closing', { code, message });
    this.socket.disconnect(true);
  }

  /** The socket is gone; the lease runs on, and its sessions are lost when it ends. */
  disconnected(): void {
    clearTimeout(this.tokenTimer);
    if (this.replaced) clearTimeout(this.lapseTimer);
  }

  /** A newer connection of the same instance has taken over the lease. */
  replaceBy(): void {
    this.replaced = true;
    clearTimeout(this.lapseTimer);
    this.close('conflict', 'The same instance has connected again; this connection is closed.');
  }

  /** Ends the timers of a process that is going down; its leases lapse by the sweep. */
  abandon(): void {
    clearTimeout(this.lapseTimer);
    clearTimeout(this.tokenTimer);
  }

  private watchLease(): void {
    clearTimeout(this.lapseTimer);
    this.lapseTimer = setTimeout(() => void this.lapse(), Math.max(0, this.leaseEndsAt - performance.now()) + 5);
  }

  private async lapse(): Promise<void> {
    if (!this.lapsed || this.replaced) return;
    this.gate.metrics.lapses.inc();
    try {
      await loseSessions(makeContext({ kind: 'system', process: 'gateway' }), this.instance.id, this.leaseExpiresAt);
    } catch (error) {
      // The sweep finds them when the database is back; until then this gateway refuses by the lapsed lease itself.
      this.gate.logger.warn({ err: error, instanceId: this.instance.id }, 'a lapsed lease could not be recorded yet');
    }
  }
}
