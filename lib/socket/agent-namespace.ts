import type { Server, Socket } from 'socket.io';
import { attachInstance, loadAgent, RefusalLimit } from '@/lib/agents';
import { makeContext } from '@/lib/context';
import { isDatabaseAway } from '@/lib/db';
import { asDomainError, DomainError, invalid, rateLimited, unauthenticated, unavailable } from '@/lib/errors';
import type { Gate } from '@/lib/gate';
import { agentEventSchemas, type AgentEventName } from '@/lib/protocol/agent-events';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { handshakeSchema } from '@/lib/protocol/identity';
import { checkJsonValue } from '@/lib/protocol/strict-json';
import { wireErrorCodes, type WireError, type WireErrorCode } from '@/lib/protocol/wire-error';
import { parseInput } from '@/lib/parse-input';
import { verifyAgentToken } from '@/lib/signing';
import { AgentConnection } from './agent-connection';
import { InTurn } from './in-turn';
import { tokenRevoked } from './token-revoked';
import { tellMissedResumes, tellStanding } from './push-decisions';
import { agentHandlers, revokedToken, StartRefused, type Handling } from './agent-handlers';


/** What helps an honest agent; a forger learns nothing of where it failed. Times are looked at only when the signature holds. */
const refusedTokens: Partial<Record<string, string>> = { expired: 'This token has expired.', not_yet_valid: 'This token is not valid yet: one of the two clocks is wrong.' };

/** The namespace that agents connect to. Returns its connections, by instance. */
export function serveAgents(io: Server, gate: Gate, tokenKeys: () => KeySet): Map<string, AgentConnection> {
  const connections = new Map<string, AgentConnection>();
  const refusals = new RefusalLimit();
  const turns = new InTurn();
  const namespace = io.of('/agent');

  namespace.use((socket, next) => {
    welcome(gate, tokenKeys, refusals, socket).then(
      (connection) => { socket.data.connection = connection; next(); },
      (error: unknown) => {
        const { code, message } = wireError(gate, error);
        const refusal: Error & { data?: unknown } = new Error(message);
        refusal.data = { code, message };
        next(refusal);
      },
    );
  });

  namespace.on('connection', (socket) => {
    const connection = socket.data.connection as AgentConnection;
    connections.get(connection.instance.id)?.replaceBy();
    connections.set(connection.instance.id, connection);
    gate.metrics.connections.set(connections.size);
    // The handshake's request holds its headers and buffers for as long as the socket lives; nobody reads it again.
    (socket.conn as { request?: unknown }).request = undefined;
    socket.onAny((event: string, ...args: unknown[]) => void answer({ gate, connection, tokenKeys }, turns, event, args));
    tellStanding(gate, connection);
    void tellMissedResumes(gate, connection);
    socket.on('disconnect', () => {
      connection.disconnected();
      if (connections.get(connection.instance.id) !== connection) return;
      connections.delete(connection.instance.id);
      gate.metrics.connections.set(connections.size);
    });
  });
  return connections;
}

async function welcome(gate: Gate, tokenKeys: () => KeySet, refusals: RefusalLimit, socket: Socket): Promise<AgentConnection> {
  const { address } = socket.handshake;
  const wait = refusals.waitMs(address);
  if (wait > 0) throw rateLimited('Too many refused connections from this address. Wait before the next.', wait);
  let genuine = false;
  try {
    const auth: unknown = socket.handshake.auth;
    const shape = checkJsonValue(auth, { maxBytes: 16 * 1024, maxDepth: 4 });
    if (!shape.ok) throw invalid('The handshake cannot be read.', shape.issues);
    if (!(auth as { token?: unknown } | undefined)?.token) throw unauthenticated('There is no access token in auth.token. Get one from /api/oauth/token.');
    const { token, instance } = parseInput(handshakeSchema, auth);
    const checked = verifyAgentToken(token, { keys: tokenKeys(), issuer: gate.issuer, now: new Date() });
    if (!checked.ok) throw unauthenticated(`${refusedTokens[checked.reason] ?? 'This token does not hold.'} Get a new one from /api/oauth/token.`);
    const agent = await loadAgent(checked.claims.sub);
    if (!agent?.active) throw unauthenticated('This agent is disabled, or there is none.');
    if (tokenRevoked(gate, agent, checked.claims)) {
      genuine = true;
      throw revokedToken();
    }
    const connection = new AgentConnection(gate, socket, agent, instance, checked.claims.authorization_details, checked.expiresAt);
    try {
      await attachInstance(makeContext({ kind: 'agent', id: agent.id, name: agent.name, instanceId: instance.id }), agent.id, instance, gate.id, gate.leaseMs);
    } catch (error) {
      connection.abandon();
      throw error;
    }
    return connection;
  } catch (error) {
    // Nobody guesses a token that was good until a stop revoked it, so it is not held against whoever comes from the same address.
    if (!genuine && error instanceof DomainError && ['unauthenticated', 'forbidden', 'invalid'].includes(error.code)) refusals.note(address);
    throw error;
  }
}

async function answer(handling: Handling, turns: InTurn, event: string, args: unknown[]): Promise<void> {
  const acknowledge = args.at(-1);
  // Without an acknowledgement nobody would hear the answer, and an unheard answer must not count.
  if (typeof acknowledge !== 'function') return;
  const { connection, gate } = handling;
  const reply = acknowledge as (value: object) => void;
  try {
    connection.enter();
  } catch (error) {
    reply({ ok: false, error: wireError(gate, error) });
    return;
  }
  // A lease that is renewed waits for nobody: it would lapse while others are decided.
  if (event !== 'lease.renew') await turns.turn();
  try {
    if (!Object.hasOwn(agentEventSchemas, event)) throw invalid(`There is no event "${event.slice(0, 80)}".`);
    if (args.length !== 2) throw invalid(`${event} takes one body and an acknowledgement.`);
    const json = checkJsonValue(args[0]);
    if (!json.ok) throw invalid(`The body of ${event} ${json.issues[0].message}.`, json.issues);
    const name = event as AgentEventName;
    const body = parseInput(agentEventSchemas[name], args[0]);
    const value = await (agentHandlers[name] as (handling: Handling, body: unknown) => Promise<object>)(handling, body);
    reply({ ok: true, ...value });
  } catch (error) {
    if (error instanceof StartRefused) reply({ ok: false, error: { code: 'forbidden', message: error.message }, decision: error.decision });
    else reply({ ok: false, error: wireError(gate, error) });
  } finally {
    connection.leave();
  }
}

/** A domain error as the wire has it; anything unknown is logged here and told as `internal`. */
export function wireError(gate: Pick<Gate, 'logger'>, error: unknown): WireError {
  const known = isDatabaseAway(error) ? unavailable('The record cannot be reached at the moment. Nothing was allowed; try again.', 500, error) : asDomainError(error);
  if (known.code === 'internal') gate.logger.error({ err: known.cause ?? known }, 'an agent request failed');
  const code: WireErrorCode = (wireErrorCodes as readonly string[]).includes(known.code) ? (known.code as WireErrorCode) : 'forbidden';
  return { code, message: known.message, ...(known.issues ? { issues: known.issues } : {}), ...(known.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs }) };
}
