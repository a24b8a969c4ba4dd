import type { Server as HttpServer } from 'node:http';
import type { Logger } from 'pino';
import { Server, type Socket } from 'socket.io';
import type { FailedCredentials } from '@/lib/access';
import { makeContext } from '@/lib/context';
import { isDatabaseAway, type Sql } from '@/lib/db';
import { asDomainError, conflict, invalid, rateLimited, unauthenticated } from '@/lib/errors';
import { parseInput } from '@/lib/parse-input';
import { checkJsonValue } from '@/lib/protocol/strict-json';
import { supervisorHandshakeSchema, type Exited } from '@/lib/protocol/supervisor';
import { secretKind, type Signer } from '@/lib/signing';
import { strictParser } from '@/lib/strict-parser';
import { noteControlProcess, noteSupervisors, recordConnected, recordExit, sessionsHeld, type ExitSaid, type HeldSupervisorKey } from '@/lib/supervisors';
import { markExitAsked, type StandingOrder } from '@/lib/switches';
import { nobodyKnows, type LookAgain } from './look-again';
import { endsProcess, type RememberedSession } from './rules';
import { signedExtension, SupervisorConnection } from './supervisor-connection';
import type { SupervisorKeyCache } from './supervisor-keys';

type Signed = StandingOrder & { orderJws: string };
export type SupervisorsOptions = { /** Which control process this is. */ id: string; keys: SupervisorKeyCache; /** For a key that is not among them. */ lookAgain: LookAgain; failures: FailedCredentials; key: () => Signer; leaseMs: number; logger: Logger; /** Something to be written came. */ onNews(): void };

/** Longer than any reading of the rows takes (milliseconds). */
const RECENT_MS = 5_000;
/** Connections for one deployment: lost ones are noticed within ten seconds, so a few are honest. */
const MOST_OF_ONE = 16;
/** How often it is written down which supervisors are there (milliseconds). */
const NOTE_EVERY_MS = 5_000;

/**
 * Control's socket for supervisors. Everything that is needed to tell one to stop is in memory: which are connected, what stands, which
 * sessions run where. So an order reaches them the instant it is signed, whether the database or the journal took it, and whoever
 * connects hears everything that stands for them.
 */
export class Supervisors {
  private readonly connections = new Set<SupervisorConnection>();
  /** Connections that are over and not written down yet, the last of each run: their leases go on for a while. */
  private readonly left = new Map<string, SupervisorConnection>();
  private standing = new Map<string, Signed>();
  /** Signed a moment ago: what is being read from the rows may be from before. */
  private readonly recent = new Map<string, { order: Signed; at: number }>();
  private sessions = new Map<string, RememberedSession[]>();
  /** What was decided of a session's own stop, by order: it stays so, whoever else comes or goes in the process. */
  private readonly decided = new Map<string, 'yes' | 'spared'>();
  private undecidedRows = new Map<string, boolean>();
  private exits: ExitSaid[] = [];
  private notedAt = Number.NEGATIVE_INFINITY;
  private io: Server | undefined;
  /** The rows have been read since this process began: before that, nobody is told that nothing stands. */
  private known = false;

  constructor(private readonly options: SupervisorsOptions) {}

  /** Serves the namespace on control's own port, beside its HTTP. Returns the server of sockets there. */
  attach(server: HttpServer): Server {
    const io = new Server(server, {
      path: '/socket.io/', parser: strictParser, transports: ['websocket'], serveClient: false, perMessageDeflate: false, maxHttpBufferSize: 32 * 1024, connectTimeout: 10_000, pingInterval: 5_000, pingTimeout: 5_000,
      // A page in somebody's browser has no business here: supervisors are programs, which send no Origin.
      allowRequest: (request, done) => done(null, request.headers.origin === undefined),
    });
    io.use((_socket, next) => next(new Error('There is nothing here. Supervisors connect to the namespace /supervisor.')));
    const namespace = io.of('/supervisor');
    namespace.use((socket, next) => {
      this.welcome(socket).then((connection) => {
        socket.data.connection = connection;
        next();
      }, (error: unknown) => {
        const { code, message } = asDomainError(error);
        next(Object.assign(new Error(message), { data: { code, message } }));
      });
    });
    namespace.on('connection', (socket) => {
      const connection = socket.data.connection as SupervisorConnection;
      this.connections.add(connection);
      socket.on('disconnect', () => {
        this.connections.delete(connection);
        connection.left(new Date());
        this.left.set(`${processOf(connection)} ${connection.runId ?? ''}`, connection);
      });
      // From memory at once, and again when the sessions in its process have been read.
      for (const order of this.standing.values()) this.tell(order, connection);
      this.options.onNews();
    });
    return (this.io = io);
  }

  /** An order that was signed this moment. */
  signed(order: Signed): void {
    if (order.kind !== 'stop') return;
    this.standing.set(order.id, order);
    this.recent.set(order.id, { order, at: performance.now() });
    for (const connection of this.connections) this.tell(order, connection);
  }

  /** Everything that stands, as rows and journal have it: replaces what was known, tells whoever has not heard, and writes what came. */
  async refresh(sql: Sql, held: readonly StandingOrder[], journal: readonly Signed[], hasReleased: (orderId: string) => boolean): Promise<void> {
    for (const [id, { at }] of this.recent) if (performance.now() - at > RECENT_MS || hasReleased(id)) this.recent.delete(id);
    this.standing = new Map([...[...this.recent.values()].map(({ order }) => order), ...held.filter((order): order is Signed => order.kind === 'stop' && order.orderJws !== null), ...journal.filter((order) => order.kind === 'stop')].map((order) => [order.id, order]));
    for (const [name] of this.decided) if (!this.standing.has(name.slice(0, name.indexOf(' ')))) this.decided.delete(name);
    for (const connection of this.connections) if (!this.options.keys.has(connection.keyId)) connection.close();
    if (this.connections.size > 0) await this.readSessions(sql);
    this.known = true;
    for (const order of this.standing.values()) for (const connection of this.connections) this.tell(order, connection);
    await this.write(sql);
  }

  /** Ends every connection. With `extendMs`, after a signed word that control is back within that time. */
  async stop(extendMs: number, sql: Sql): Promise<void> {
    if (extendMs > 0 && this.connections.size > 0) {
      const now = new Date();
      const orderJws = await signedExtension(this.options.key(), now, extendMs);
      for (const connection of this.connections) connection.extend(orderJws);
      await noteSupervisors(sql, [...this.connections].map((connection) => connection.seen(now, extendMs)), this.options.id).catch((error: unknown) => this.options.logger.warn({ err: error }, 'the longer time of supervisors could not be noted'));
    }
    await this.write(sql).catch(() => {});
    this.io?.disconnectSockets(true);
    this.io?.engine.close();
  }

  /** A good key is looked up first, so it never waits for what others did from its address. */
  private async welcome(socket: Socket): Promise<SupervisorConnection> {
    const { keys, failures, key, leaseMs, logger, onNews } = this.options;
    const auth: unknown = socket.handshake.auth;
    const refuse = (error: Error): never => {
      const wait = failures.note(socket.handshake.address);
      throw wait > 0 ? rateLimited('Too many refused supervisors from this address.', wait) : error;
    };
    const json = checkJsonValue(auth, { maxBytes: 4_096, maxDepth: 4 });
    if (!json.ok) return refuse(invalid('The handshake cannot be read.', json.issues));
    let handshake;
    try { handshake = parseInput(supervisorHandshakeSchema, auth); } catch (error) { return refuse(error as Error); }
    const { key: secret, ...claim } = handshake;
    const held = keys.keyOf(secret) ?? (await this.foundByReading(secret, () => refuse(unauthenticated('This takes a supervisor key of the agent: csk_sup_…. "countersign supervisor-key create" makes one.'))));
    const there = [...this.connections].filter((one) => processOf(one) === processOf({ agentId: held.agentId, instanceId: claim.instanceId })).length;
    if (there >= MOST_OF_ONE) throw conflict('Too many supervisors are connected for this instance. Give each deployment an id of its own.');
    const connection: SupervisorConnection = new SupervisorConnection(socket, claim, held, {
      key, leaseMs, complete: () => this.known, onError: (error) => logger.warn({ err: error, instanceId: claim.instanceId }, 'a supervisor was not understood'),
      onExit: (said, orderId) => { this.exits.push(exitOf(connection, said, orderId)); onNews(); },
    });
    return connection;
  }

  /** A key that was made since the last round is in the database alone. What cannot be a key is not looked for. */
  private async foundByReading(secret: string, refuse: () => never): Promise<HeldSupervisorKey> {
    if (secretKind(secret) !== 'sup') return refuse();
    if (!(await this.options.lookAgain.look())) throw nobodyKnows();
    return this.options.keys.keyOf(secret) ?? refuse();
  }

  private tell(order: Signed, connection: SupervisorConnection): void {
    if (connection.told.has(order.id)) return;
    const name = `${order.id} ${processOf(connection)}`;
    const before = this.decided.get(name);
    const ends = before ?? endsProcess(order, { agentId: connection.agentId, instanceId: connection.instanceId, environment: connection.environment, sessions: this.sessions.get(processOf(connection)) ?? [] });
    if (order.scope === 'session' && ends !== 'no' && !before) {
      this.decided.set(name, ends);
      this.undecidedRows.set(name, ends === 'yes');
    }
    if (ends === 'yes') connection.halt(order.id, order.orderJws);
  }

  private async readSessions(sql: Sql): Promise<void> {
    const stopped = [...this.standing.values()].filter((order) => order.scope === 'session').map((order) => order.target ?? '');
    const found = await sessionsHeld(sql, [...new Set([...this.connections].map((connection) => connection.instanceId))], stopped);
    this.sessions = new Map();
    for (const { id, agentId, instanceId, live, asked } of found) {
      const name = processOf({ agentId, instanceId });
      this.sessions.set(name, [...(this.sessions.get(name) ?? []), { id, live }]);
      // What was decided before a restart of control.
      for (const { orderId, exit } of asked) this.decided.set(`${orderId} ${name}`, exit ? 'yes' : 'spared');
    }
  }

  private async write(sql: Sql): Promise<void> {
    // Whoever is held at this moment is looked at below; of a later one nothing is said yet.
    const from = new Date();
    for (const connection of [...this.left.values(), ...this.connections]) {
      if (connection.recorded) continue;
      await recordConnected(makeContext({ kind: 'supervisor', id: connection.keyId, instanceId: connection.instanceId }), connection.seen(new Date()), this.options.id);
      connection.recorded = true;
    }
    for (const said of [...this.exits]) {
      try {
        await recordExit(makeContext({ kind: 'supervisor', id: said.keyId, instanceId: said.instanceId }), said);
      } catch (error) {
        if (isDatabaseAway(error)) throw error;
        this.options.logger.error({ err: error, instanceId: said.instanceId }, 'the end of a supervised process could not be recorded');
      }
      this.exits = this.exits.filter((other) => other !== said);
    }
    for (const [name, exit] of [...this.undecidedRows]) {
      const [orderId, agentId, instanceId] = name.split(' ') as [string, string, string];
      if ((await markExitAsked(sql, { orderId, agentId, instanceId, exit })) || !this.standing.has(orderId)) this.undecidedRows.delete(name);
    }
    if (performance.now() - this.notedAt < NOTE_EVERY_MS) return;
    const now = new Date();
    const left = [...this.left];
    // One that came since the look above is told to the log first: its row would hide that it is new.
    const known = [...left.map(([, connection]) => connection), ...this.connections].filter((connection) => connection.recorded);
    await noteSupervisors(sql, known.map((connection) => connection.seen(now)), this.options.id);
    await noteControlProcess(sql, this.options.id, from);
    for (const [name, connection] of left) if (connection.recorded && this.left.get(name) === connection) this.left.delete(name);
    this.notedAt = performance.now();
  }
}

const processOf = ({ agentId, instanceId }: { agentId: string; instanceId: string }) => `${agentId} ${instanceId}`;

const exitOf = (connection: SupervisorConnection, said: Exited, orderId: string | null): ExitSaid => ({
  agentId: connection.agentId, instanceId: connection.instanceId, keyId: connection.keyId, runId: connection.runId, orderId, exitedAt: said.exitedAt, heardAt: new Date(), evidence: said.evidence, code: said.code ?? null, signal: said.signal ?? null,
});
