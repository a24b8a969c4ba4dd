import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Server, Socket } from 'socket.io';
import type { FailedCredentials } from '@/lib/access';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { checkJsonValue } from '@/lib/protocol/strict-json';
import { GATEWAY_NAMESPACE, holdsSchema, introductionSchema, isGateway, type StandingOrder } from '@/lib/switches';

type Signed = StandingOrder & { orderJws: string };
export type GatewaysOptions = {
  /** The public keys of gateways, as they are now. */
  keys(): KeySet;
  failures: FailedCredentials;
  logger: Logger;
  /** What the journal holds and the database does not know yet. */
  journal(): readonly Signed[];
  /** A gateway holds an order: it may be the last that a fence waits for. */
  onHeld(): void;
};

const INTRODUCE_MS = 5_000;
/** Connections that have not said yet who they are. Beyond that the next ones are refused, so that nobody fills our memory with them; a gateway comes again. */
const MOST_UNKNOWN = 64;
/** A gateway that connects is told what was signed so long ago or less; what is older it has read in the database, or has heard and holds (milliseconds). */
const RECENT_MS = 60_000;

/** The lines that gateways keep to this control process. See gateway-line.ts. */
export class Gateways {
  private readonly lines = new Map<Socket, string>();
  private readonly unknown = new Set<Socket>();
  private readonly recent = new Map<string, { order: Signed; at: number }>();
  /** Which gateways said that they hold an order, by order. */
  private readonly holding = new Map<string, Set<string>>();

  constructor(private readonly options: GatewaysOptions) {}

  attach(io: Server): void {
    io.of(GATEWAY_NAMESPACE).on('connection', (socket) => {
      if (this.unknown.size >= MOST_UNKNOWN) { socket.disconnect(true); return; }
      const nonce = randomBytes(24).toString('base64url');
      this.unknown.add(socket);
      socket.on('disconnect', () => { this.unknown.delete(socket); this.lines.delete(socket); });
      void socket.timeout(INTRODUCE_MS).emitWithAck('challenge', { nonce }).then((answer: unknown) => this.admit(socket, nonce, answer), () => socket.disconnect(true));
    });
  }

  /** How many gateways are connected. */
  get connected(): number { return this.lines.size; }

  /** An order that was signed this moment. */
  signed(order: Signed): void {
    const now = performance.now();
    this.forget(now);
    this.recent.set(order.id, { order, at: now });
    for (const [socket, gatewayId] of this.lines) this.tell(socket, gatewayId, order);
  }

  /** Who holds what, as two lists of the same length. */
  readonly holders = (): { orderIds: string[]; gatewayIds: string[] } => {
    const pairs = [...this.holding].flatMap(([orderId, gatewayIds]) => [...gatewayIds].map((gatewayId) => ({ orderId, gatewayId })));
    return { orderIds: pairs.map((one) => one.orderId), gatewayIds: pairs.map((one) => one.gatewayId) };
  };

  private admit(socket: Socket, nonce: string, answer: unknown): void {
    if (!this.unknown.delete(socket)) return;
    const json = checkJsonValue(answer, { maxBytes: 4_096, maxDepth: 2 });
    const introduction = json.ok ? introductionSchema.safeParse(answer) : undefined;
    if (!introduction?.success || !isGateway(introduction.data, nonce, this.options.keys())) {
      this.options.failures.note(socket.handshake.address);
      this.options.logger.warn({ address: socket.handshake.address }, 'somebody who is no gateway of this installation asked to be told of orders');
      socket.disconnect(true);
      return;
    }
    const { gatewayId } = introduction.data;
    this.lines.set(socket, gatewayId);
    this.forget(performance.now());
    const known = new Map([...[...this.recent.values()].map(({ order }) => order), ...this.options.journal()].map((order) => [order.id, order]));
    for (const order of known.values()) this.tell(socket, gatewayId, order);
  }

  /** However long the gateway takes: its acknowledgement says that nothing is being decided without the order any more. */
  private tell(socket: Socket, gatewayId: string, order: Signed): void {
    socket.emit('order', { orderJws: order.orderJws }, (answer: unknown) => {
      if (!holdsSchema.safeParse(answer).success) return;
      const held = this.holding.get(order.id) ?? new Set<string>();
      this.holding.set(order.id, held.add(gatewayId));
      this.options.onHeld();
    });
  }

  private forget(now: number): void {
    for (const [id, { at }] of this.recent) if (now - at > RECENT_MS) this.recent.delete(id);
    const journal = new Set(this.options.journal().map((order) => order.id));
    for (const id of this.holding.keys()) if (!this.recent.has(id) && !journal.has(id)) this.holding.delete(id);
  }
}
