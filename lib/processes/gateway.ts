import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Server } from 'socket.io';
import { registerAlertMetrics } from '@/lib/alerts';
import { closePools, listen, requiredUrl, sql } from '@/lib/db';
import { env } from '@/lib/env';
import { registerFlowMetrics, WaitForecasts } from '@/lib/flow';
import { answerFront, consoleProxy } from '@/lib/front';
import { Baselines, Budgets, makeGateMetrics, refreshBudgets, type Gate } from '@/lib/gate';
import { keepKeys } from '@/lib/keys';
import { BatchWriter } from '@/lib/log';
import { makeLogger } from '@/lib/logger';
import { registerNotifyMetrics } from '@/lib/notify';
import { BundleWatch } from '@/lib/policies';
import { MAX_FRAME_BYTES } from '@/lib/protocol/limits';
import { LeaseRenewals } from '@/lib/sessions';
import { FileKeys } from '@/lib/signing';
import { keepControlLines, onNotice, onSwitchChange, serveAgents, tellWaiting } from '@/lib/socket';
import { strictParser } from '@/lib/strict-parser';
import { controlKeysFrom, HaltAcknowledgements, SwitchView } from '@/lib/switches';
import type { RunningProcess } from './process-names';

const BUNDLE_POLL_MS = 5_000;
const FORGET_SESSIONS_MS = 60_000;
/** How long what an agent answered to an order waits for the order's row (milliseconds); with the database away, control hands it over later. */
const ROW_PATIENCE_MS = 60_000;
/** Notices come at once; this is for those that were lost. */
const TELL_MS = 5_000;
/** How old what other gateways have used of shared limits may be where rules look at it; the limits themselves are held in Postgres. */
const BUDGETS_MS = 1_000;
/** The worker learns them anew every few minutes. */
const FORECASTS_MS = 60_000;

/** The gateway: agents' sockets, their tokens, the gate; and in front of the console when both share one address. */
export async function run(): Promise<RunningProcess> {
  const settings = env();
  const logger = makeLogger('gateway');
  const url = requiredUrl();
  const keys = new FileKeys({ folder: path.join(settings.dataDir, 'keys'), holds: ['agent-token', 'permit'], secrets: ['payload-wrapping'] });
  const metrics = makeGateMetrics();
  registerAlertMetrics(metrics.registry);
  registerNotifyMetrics(metrics.registry);
  registerFlowMetrics(metrics.registry);
  const sessions: Gate['sessions'] = new Map();
  const switches = new SwitchView({ url, keys: controlKeysFrom(new FileKeys({ folder: path.join(settings.dataDir, 'keys'), holds: [] })), onError: (error) => logger.warn({ err: error }, 'the switches could not be read') });
  const bundles = new BundleWatch({
    sql, keys: () => new FileKeys({ folder: path.join(settings.dataDir, 'keys'), holds: [] }).verificationKeys('bundle'),
    onActive: ({ version, sha256 }) => { logger.info({ version, sha256 }, 'deciding by this bundle'); io.of('/agent').emit('policy', { version, sha256 }); },
    onRefused: ({ sequence, reason }) => logger.error({ sequence, reason }, 'a bundle was refused; the last good one stays'),
  });
  const writer = new BatchWriter((stream) => {
    const session = sessions.get(stream.slice('session/'.length));
    if (session) session.stale = true;
  }, url);
  const gate: Gate = {
    id: switches.gatewayId, writer, switches, acknowledgements: new HaltAcknowledgements(() => switches.settledNow(), (orderId) => switches.onRecord(orderId, ROW_PATIENCE_MS)), renewals: new LeaseRenewals(switches.gatewayId, settings.leaseMs), bundle: () => bundles.active(), permitKey: () => keys.signer('permit'), wrapper: keys.wrapper('payload-wrapping'),
    issuer: settings.publicUrl, environment: settings.environment, leaseMs: settings.leaseMs, budgets: new Budgets(), baselines: new Baselines((agentId, error) => logger.warn({ err: error, agentId }, 'what is usual for an agent could not be read')), waits: new WaitForecasts(), metrics, logger, sessions, attaching: new Map(),
  };
  // Made now, so that the first agent does not wait for a key.
  for (const name of ['agent-token', 'permit'] as const) keys.signer(name);
  keys.secretKeys('payload-wrapping');

  const server = http.createServer((request, response) => answerFront(door, request, response));
  const io = new Server(server, { path: '/socket.io/', parser: strictParser, transports: ['websocket'], serveClient: false, perMessageDeflate: false, maxHttpBufferSize: MAX_FRAME_BYTES, destroyUpgrade: false, pingInterval: 10_000, pingTimeout: 10_000 });
  const door = {
    gate, tokenKey: () => keys.signer('agent-token'), tokenSeconds: settings.tokenSeconds, permitKeys: () => keys.verificationKeys('permit'),
    publicKeys: () => new Map([...keys.verificationKeys('agent-token'), ...keys.verificationKeys('permit')]),
    ready: () => readiness(gate, bundles),
    ...(settings.consoleUpstream ? { console: consoleProxy(settings.consoleUpstream) } : {}),
  };
  server.on('upgrade', (request, socket, head) => {
    if ((request.url ?? '').startsWith('/socket.io/')) return;
    if (door.console) door.console.upgrade(request, socket, head);
    else socket.destroy();
  });

  await bundles.reload().catch((error: unknown) => logger.warn({ err: error }, 'no bundle yet'));
  await switches.start();
  const connections = serveAgents(io, gate, () => keys.verificationKeys('agent-token'));
  switches.onChange((change) => {
    if (change.engaged.length > 0) writer.overtake();
    onSwitchChange(gate, connections, change);
  });
  const lines = keepControlLines({ urls: settings.controlUrls, switches, key: () => keys.signer('permit'), logger });
  const tell = () => void tellWaiting(gate, connections).catch((error: unknown) => logger.warn({ err: error }, 'what was decided meanwhile could not be read'));
  const listening = await listen(['cs_session', 'cs_approval', 'cs_agent', 'cs_bundle'], (channel, payload) => {
    if (channel === 'cs_bundle') void bundles.reload().catch(() => {});
    else onNotice(gate, connections, channel, payload);
  }, () => {
    // Notices may have been missed while the connection was away: whatever is remembered is read again before it is used.
    for (const session of sessions.values()) session.stale = true;
    void bundles.reload().catch(() => {});
    void gate.baselines.refreshAll();
    tell();
  }, url);
  const polling = setInterval(() => void bundles.reload().catch(() => {}), BUNDLE_POLL_MS);
  const telling = setInterval(tell, TELL_MS);
  const budgeting = setInterval(() => void refreshBudgets(gate).catch((error: unknown) => logger.warn({ err: error }, 'what shared limits have used could not be read')), BUDGETS_MS);
  const forecast = () => gate.waits.refresh().catch((error: unknown) => logger.warn({ err: error }, 'how long requests wait could not be read'));
  await forecast();
  const forecasting = setInterval(() => void forecast(), FORECASTS_MS);
  const forgetting = setInterval(() => forgetEnded(gate), FORGET_SESSIONS_MS);

  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, settings.host, () => resolve((server.address() as AddressInfo).port));
  });
  const kept = await keepKeys({ process: 'gateway', names: ['agent-token', 'permit'], keys, lives: { tokenMs: settings.tokenSeconds * 1_000, leaseMs: settings.leaseMs } }, settings.dataDir, logger);
  logger.info({ port }, 'agents may connect');

  return {
    port,
    async stop() {
      clearInterval(polling);
      clearInterval(forgetting);
      clearInterval(forecasting);
      clearInterval(telling);
      clearInterval(budgeting);
      lines.close();
      for (const connection of connections.values()) connection.abandon();
      await new Promise<void>((resolve) => void io.close(() => resolve()));
      door.console?.close();
      await kept.stop();
      await listening.stop();
      await writer.close();
      await gate.acknowledgements.settled();
      await switches.stop();
      bundles.close();
      await closePools();
    },
  };
}

/**
 * By what this gateway knows of itself, so that nobody who asks, however often, takes a connection from a decision: a view of
 * the switches is fresh only when the database answered within the last two seconds.
 */
function readiness(gate: Gate, bundles: BundleWatch): { ready: boolean; checks: Record<string, string> } {
  const { fresh } = gate.switches;
  const checks = {
    database: fresh ? 'ok' : 'away', switches: fresh ? 'fresh' : 'stale', policies: bundles.loaded ? 'loaded' : 'missing',
    // Neither switches nor policies can be read before the tables are there.
    migrations: fresh || bundles.loaded ? 'applied' : 'unknown',
  };
  return { ready: fresh && bundles.loaded, checks };
}

/** Sessions that have ended need no memory; what is asked of them later is answered from the database. */
function forgetEnded(gate: Gate): void {
  for (const [id, session] of gate.sessions) {
    if (session.row.state !== 'closed' && session.row.state !== 'stopped') continue;
    if (session.inFlight.size > 0) continue;
    gate.sessions.delete(id);
    gate.writer.forget(`session/${id}`);
    gate.budgets.forgetSession(id);
  }
  gate.metrics.sessions.set(gate.sessions.size);
}
