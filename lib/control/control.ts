import { mkdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Logger } from 'pino';
import { FailedCredentials } from '@/lib/access';
import { makeContext } from '@/lib/context';
import { fireDeadMen } from '@/lib/dead-man';
import { isDatabaseAway, listen, sql } from '@/lib/db';
import { env } from '@/lib/env';
import { unavailable } from '@/lib/errors';
import { listenOnSocket } from '@/lib/host-socket';
import { keepKeys } from '@/lib/keys';
import { anchorFile, heldAgainstFile } from '@/lib/log';
import { Rounds } from '@/lib/rounds';
import { FileKeys } from '@/lib/signing';
import { controlKeysFrom, fenceReady, ordersSignedBy, resignOrders, signAndFence, StandingReader, stopWhatWasSetBack, workOffSwitches, type StandingOrder } from '@/lib/switches';
import { Gateways } from './gateways';
import { httpDoor } from './http-door';
import { Journal } from './journal';
import { KeyCache } from './key-cache';
import { LookAgain } from './look-again';
import { processId } from './process-id';
import { hostRoutes, publicRoutes, type Desk, type Health } from './routes';
import { standingOf, StopDesk } from './stop-desk';
import { StopKeyCache } from './stop-key-cache';
import { SupervisorKeyCache } from './supervisor-keys';
import { Supervisors } from './supervisors';

export type ControlOptions = { dataDir: string; host: string; port: number; databaseUrl: string; logger: Logger };
export type Control = {
  port: number; socketPath: string | undefined; health(): Health;
  /** How many gateways keep a line to it. */
  gateways(): number;
  /** Ends it. `extendMs`: supervisors are told, signed, to wait this much longer than their lease for it to be back. */
  stop(options?: { extendMs?: number }): Promise<void>;
};

const POLL_MS = 500;
const UNFENCED_MS = 50;
const UNCONFIRMED_MS = 250;
const RETRY_MS = 500;

/** Opens both doors at once, with or without a database, and keeps working off what is engaged. */
export async function startControl(options: ControlOptions): Promise<Control> {
  const { dataDir, logger } = options;
  const folder = path.join(dataDir, 'control');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = new FileKeys({ folder: path.join(dataDir, 'keys'), holds: ['control/order'] });
  // Made now, so that agents can be given its public half before anything is stopped.
  files.signer('control/order');
  const key = () => files.signer('control/order');
  const keys = controlKeysFrom(files);
  const keyCache = new KeyCache(path.join(folder, 'keys.json'));
  const stopKeys = new StopKeyCache(path.join(folder, 'stop-keys.json'));
  const supervisorKeys = new SupervisorKeyCache(path.join(folder, 'supervisor-keys.json'));
  const journal = new Journal(path.join(folder, 'journal.ndjson'));
  for (const used of journal.usedNonces()) stopKeys.spend(used);
  const failures = new FailedCredentials();
  const supervisors = new Supervisors({ id: processId(path.join(folder, 'id')), keys: supervisorKeys, lookAgain: new LookAgain(() => supervisorKeys.refresh(sql)), failures, key, leaseMs: env().leaseMs, logger, onNews: () => quick.wake() });
  const gateways = new Gateways({
    keys: () => new FileKeys({ folder: path.join(dataDir, 'keys'), holds: [] }).verificationKeys('permit'), failures, logger,
    journal: () => journal.pending().map(standingOf), onHeld: () => fences.wake(),
  });
  const onSigned = (order: StandingOrder & { orderJws: string }) => {
    gateways.signed(order);
    supervisors.signed(order);
  };
  const reader = new StandingReader(keys, () => performance.now());
  const ctx = makeContext({ kind: 'system', process: 'control' });
  const database = watchDatabase(logger);
  const troubled = new Set<string>();
  const onTrouble = (orderId: string, error: unknown) => {
    if (!troubled.has(orderId)) logger.error({ err: error, orderId }, 'an order, or its release, cannot be worked off; the stop stands, and it is tried again');
    troubled.add(orderId);
  };
  /** What stands, as of the last reading. */
  let held: readonly StandingOrder[] = [];
  let compared = false;
  // A database that was set back has forgotten stops, so everything stops before anything else is looked at. Once a boot: the worker looks all along.
  const holdAgainstAnchor = async () => {
    if (compared) return;
    const found = await heldAgainstFile(sql, anchorFile(dataDir)).catch((error: unknown) => {
      if (isDatabaseAway(error)) throw error;
      // A file that cannot be read keeps nobody from stopping; what starts the processes refuses it anyway.
      logger.error({ err: error }, 'the database could not be held against its anchor');
      return undefined;
    });
    if (found) {
      logger.error(found, 'the database is older than its anchor; everything is stopped until it is released');
      await stopWhatWasSetBack(ctx, 'file', found);
    }
    compared = true;
  };
  /** What is to be worked off: orders that are fenced, or have waited for that long enough. */
  let ripe: string[] = [];

  const quick = new Rounds(async () => {
    await holdAgainstAnchor();
    await keyCache.refresh(sql);
    await stopKeys.refresh(sql);
    await supervisorKeys.refresh(sql);
    const replayed = await stops.replay();
    if (replayed > 0) logger.warn({ replayed }, 'stops that were taken while the database was away are in it now');
    const state = await signAndFence(ctx, reader, keys, key(), onTrouble, onSigned, gateways.holders);
    await supervisors.refresh(sql, state.held, journal.pending().map(standingOf), reader.hasReleased);
    database.answered();
    held = state.held;
    ripe = state.ripe;
    slow.wake();
    return state.unfenced > 0 ? UNFENCED_MS : POLL_MS;
  }, RETRY_MS, database.failed);
  const slow = new Rounds(async () => {
    await workOffSwitches(ctx, ripe, keys, onTrouble);
    if ((await fireDeadMen(ctx)).length > 0) quick.wake();
    return ripe.length > 0 ? UNCONFIRMED_MS : 60_000;
  }, RETRY_MS, database.failed);

  const fences = new Rounds(async () => {
    const fenced = await fenceReady(ctx, keys, onTrouble, gateways.holders);
    if (fenced.length > 0) {
      ripe = [...new Set([...ripe, ...fenced])];
      slow.wake();
    }
    return 60_000;
  }, RETRY_MS, database.failed);

  // A gateway may have said that it holds an order before the order's row was there.
  const onEngaged = () => { quick.wake(); fences.wake(); };
  const stops = new StopDesk({ journal, stopKeys, key, keys, onEngaged, onTrouble: database.failed, onSigned, standing: () => held });
  for (const entry of journal.pending()) onSigned(standingOf(entry));
  const health = (): Health => ({ status: database.away() || stops.waiting() > 0 ? 'degraded' : 'ok', database: database.away() ? 'away' : 'ok', standing: new Set(held.filter((order) => !order.drill).map((order) => order.id)).size, journal: stops.waiting() });
  const desk: Desk = { stops, failures, journal, key, health, wake: () => quick.wake() };

  const onError = (error: unknown) => logger.error({ err: error }, 'a request to control failed');
  const publicDoor = httpDoor(publicRoutes(desk), { kind: 'keys', actorOf: (secret) => keyCache.actorOf(secret), lookAgain: new LookAgain(() => keyCache.refresh(sql)), failures }, onError, new URL(env().publicUrl).origin);
  const hostDoor = httpDoor(hostRoutes(desk), { kind: 'host', user: os.userInfo().username }, onError);
  // Before the doors open, so that the first to come is known; but not for longer than a stop could wait.
  await Promise.race([keyCache.refresh(sql).then(() => stopKeys.refresh(sql)).then(() => supervisorKeys.refresh(sql)).catch(database.failed), new Promise((resolve) => setTimeout(resolve, 1_500).unref())]);
  gateways.attach(supervisors.attach(publicDoor));
  await new Promise<void>((resolve, reject) => {
    publicDoor.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? unavailable(`Port ${options.port} (CONTROL_PORT) is in use.`) : error));
    publicDoor.listen(options.port, options.host, resolve);
  });
  const socketPath = process.platform === 'win32' ? undefined : await listenOnSocket(hostDoor, dataDir, 'control');

  const kept = await keepKeys({
    process: 'control', names: ['control/order'], keys: files, lives: { tokenMs: 0, leaseMs: 0 },
    renewBeforeEnd: { 'control/order': (by, kid, previousKid) => resignOrders(by, { kid, sign: (bytes) => files.sign('control/order', bytes, kid) }, previousKid, keys) },
    needs: {
      'control/order': async (kid) => {
        if (journal.pending().length > 0) return 'stops that the database has not taken yet are signed with it.';
        const count = await ordersSignedBy(kid);
        return count > 0 ? `${count} stops or releases carry its signature and could not be signed anew.` : undefined;
      },
    },
  }, dataDir, logger);
  quick.wake();
  const wake = () => quick.wake();
  // A gateway that has come further may be the last that a fence waits for; how far an order has come is no news to whoever moves it on.
  const hear = (payload: Record<string, unknown>) => { if ('gatewayId' in payload) fences.wake(); else if (!('orderId' in payload)) wake(); };
  const listening = await listen(['cs_switch'], (_channel, payload) => hear(payload), wake, options.databaseUrl);
  return {
    port: (publicDoor.address() as AddressInfo).port, socketPath, health, gateways: () => gateways.connected,
    async stop({ extendMs = 0 } = {}) {
      await supervisors.stop(extendMs, sql);
      await Promise.all([publicDoor, hostDoor].map((door) => new Promise<void>((resolve) => {
        if (!door.listening) { resolve(); return; }
        door.close(() => resolve());
        door.closeAllConnections();
      })));
      await kept.stop();
      if (socketPath) rmSync(socketPath, { force: true });
      await listening.stop();
      await quick.stop();
      await fences.stop();
      await slow.stop();
      await journal.close();
    },
  };
}

/** Says once that the database went away and once that it is back; other failures are told each time. */
function watchDatabase(logger: Logger) {
  let away = false;
  return {
    away: () => away,
    answered() {
      if (away) logger.info('the database is back');
      away = false;
    },
    failed(error: unknown) {
      if (isDatabaseAway(error) || (error instanceof Error && error.message.startsWith('the database took longer'))) {
        if (!away) logger.warn({ err: error }, 'the database is away; stops go to the journal');
        away = true;
        return;
      }
      logger.error({ err: error }, 'a round of control failed');
    },
  };
}
