import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { DomainError } from '@/lib/errors';
import { newId } from '@/lib/protocol/ids';
import { FileKeys } from '@/lib/signing';
import { createTestDatabase, type TestDatabase } from '@/lib/testing/database';
import { insertPerson } from '@/lib/testing/fleet';
import { controlKeysFrom, engageSwitch, matchingOrder, signAndFence, StandingReader, withdrawRelease, type ControlKeys } from '.';
import { standingOrders } from './rules';
import { releaserWithPasskey, type Releaser } from './testing';

// The oracle below is written from the words of the design alone: orders overlap as a union, a stop goes before a pause,
// nothing but control's signature lifts one, a wide release takes two persons, a stop during a release wins.

const session = '019a0000-0000-7000-8000-0000000000a1';
const otherSession = '019a0000-0000-7000-8000-0000000000a2';
const agent = '019a0000-0000-7000-8000-0000000000b1';
const otherAgent = '019a0000-0000-7000-8000-0000000000b2';
const subjects = [
  { sessionId: session, instanceId: 'i1', agentId: agent, classes: ['financial', 'destructive'], environment: 'local' },
  { sessionId: otherSession, instanceId: 'i1', agentId: agent, classes: [], environment: 'local' },
  { sessionId: newId(), instanceId: 'i2', agentId: otherAgent, classes: ['financial'], environment: 'elsewhere' },
];
type Subject = (typeof subjects)[number];
type Cover = { scope: 'session' | 'instance' | 'agent' | 'class' | 'global'; target?: string; environment?: string };
const covers: Cover[] = [
  { scope: 'session', target: session }, { scope: 'session', target: otherSession }, { scope: 'instance', target: 'i1' }, { scope: 'agent', target: agent }, { scope: 'agent', target: otherAgent, environment: 'elsewhere' },
  { scope: 'class', target: 'financial' }, { scope: 'class', target: 'destructive', environment: 'local' }, { scope: 'global' }, { scope: 'global', environment: 'elsewhere' },
];

type Told = { id: string; kind: 'stop' | 'pause'; cover: Cover; at: number; phase: 'engaged' | 'asked' | 'released'; askedBy?: number; agreed?: boolean; forged: boolean };
type Model = { orders: Told[]; clock: number };
type Real = { reader: StandingReader };

const wide = (cover: Cover) => cover.scope !== 'session' && cover.scope !== 'instance';
const same = (a: Cover, b: Cover) => a.scope === b.scope && a.target === b.target && a.environment === b.environment;
const covered = (cover: Cover, s: Subject) =>
  (cover.environment === undefined || cover.environment === s.environment) &&
  (cover.scope === 'global' || (cover.scope === 'class' ? s.classes.includes(cover.target!) : { session: s.sessionId, instance: s.instanceId, agent: s.agentId }[cover.scope] === cover.target));

let database: TestDatabase;
let folder: string;
let files: FileKeys;
let keys: ControlKeys;
let people: Releaser[];
let ran = 0;
let killsDuringRelease = 0;
const control = makeContext({ kind: 'system', process: 'control' });
const newReader = () => new StandingReader(keys, () => performance.now());

beforeAll(async () => {
  database = await createTestDatabase();
  process.env.DATABASE_URL = database.url;
  folder = mkdtempSync(path.join(tmpdir(), 'countersign-switches-'));
  files = new FileKeys({ folder: path.join(folder, 'keys'), holds: ['control/order'] });
  files.signingKey('control/order');
  keys = controlKeysFrom(files);
  people = await Promise.all([await insertPerson(sql, 'Ada', ['responder']), await insertPerson(sql, 'Bob', ['author']), await insertPerson(sql, 'Cleo', ['admin'])].map(releaserWithPasskey));
});
afterAll(async () => {
  await closePrisma();
  await closePools();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a verb and says whether it was refused as the design has it; anything else fails the test. */
async function refused(work: Promise<unknown>): Promise<boolean> {
  try { await work; return false; } catch (error) {
    if (error instanceof DomainError && error.code === 'conflict') return true;
    throw error;
  }
}

abstract class Step implements fc.AsyncCommand<Model, Real> {
  check = () => true;
  async run(model: Model, real: Real): Promise<void> {
    ran++;
    await this.act(model, real);
    const { held } = await real.reader.read(sql);
    const orders = standingOrders(held);
    for (const subject of subjects) {
      const holding = model.orders.filter((order) => order.phase !== 'released' && covered(order.cover, subject));
      const expected = holding.some((order) => order.kind === 'stop') ? 'stop' : holding.length > 0 ? 'pause' : null;
      expect(matchingOrder(orders, subject)?.kind ?? null).toBe(expected);
    }
    expect(new Set(held.map((order) => order.id))).toEqual(new Set(model.orders.filter((order) => order.phase !== 'released').map((order) => order.id)));
  }
  protected abstract act(model: Model, real: Real): Promise<void>;
  abstract toString(): string;
}

const answering = (model: Model, kind: string, cover: Cover) => model.orders.filter((order) => order.kind === kind && same(order.cover, cover) && order.phase === 'engaged' && !order.forged).sort((a, b) => a.at - b.at)[0];
const add = (model: Model, id: string, kind: Told['kind'], cover: Cover) => model.orders.push({ id, kind, cover, at: model.clock++, phase: 'engaged', forged: false });
const pick = (model: Model, n: number) => (model.orders.length === 0 ? undefined : model.orders[n % model.orders.length]);

class Engage extends Step {
  constructor(readonly cover: Cover, readonly kind: 'stop' | 'pause', readonly times: number) { super(); }
  async act(model: Model) {
    const expected = answering(model, this.kind, this.cover);
    const ctx = makeContext({ kind: 'host', user: 'root' });
    const ids = new Set((await Promise.all(Array.from({ length: this.times }, () => engageSwitch(ctx, this.cover, this.kind)))).map((view) => view.id));
    expect(ids.size).toBe(1);
    for (const one of ids) if (expected) expect(one).toBe(expected.id); else add(model, one, this.kind, this.cover);
  }
  toString = () => `${this.kind} ${this.cover.scope} ×${this.times}`;
}
class Ask extends Step {
  constructor(readonly n: number, readonly who: number) { super(); }
  async act(model: Model) {
    const order = pick(model, this.n);
    if (!order) return;
    const no = await refused(people[this.who]!.ask(order.id));
    expect(no).toBe(order.phase !== 'engaged' || order.forged);
    if (!no) { order.phase = 'asked'; order.askedBy = this.who; order.agreed = false; }
  }
  toString = () => `person ${this.who} asks to release #${this.n}`;
}
class Agree extends Step {
  constructor(readonly n: number, readonly who: number) { super(); }
  async act(model: Model) {
    const order = pick(model, this.n);
    if (!order) return;
    const no = await refused(people[this.who]!.agree(order.id));
    expect(no).toBe(order.forged || order.phase !== 'asked' || order.askedBy === this.who || order.agreed === true);
    if (!no) order.agreed = true;
  }
  toString = () => `person ${this.who} agrees to #${this.n}`;
}
class Withdraw extends Step {
  constructor(readonly n: number) { super(); }
  async act(model: Model) {
    const order = pick(model, this.n);
    if (!order) return;
    const no = await refused(withdrawRelease(people[0]!.ctx, { orderId: order.id }));
    expect(no).toBe(order.forged || order.phase !== 'asked');
    if (!no) order.phase = 'engaged';
  }
  toString = () => `withdraw #${this.n}`;
}
function controlSigned(model: Model) {
  for (const order of model.orders) {
    order.forged = false;
    if (order.phase === 'asked' && (!wide(order.cover) || order.agreed)) order.phase = 'released';
  }
}
class ControlRound extends Step {
  async act(model: Model) {
    await signAndFence(control, newReader(), keys, files.signingKey('control/order'));
    controlSigned(model);
  }
  toString = () => 'control works';
}
class Forge extends Step {
  constructor(readonly n: number, readonly how: 'bare' | 'garbage' | 'replayed' | 'order as release' | 'unsign' | 'wrong signature') { super(); }
  async act(model: Model) {
    const order = pick(model, this.n);
    if (!order || order.phase === 'released') return;
    const another = model.orders.find((one) => one.phase === 'released');
    switch (this.how) {
      case 'unsign': await sql.rows('UPDATE switch_order SET order_jws = NULL WHERE id = $1', [order.id]); return;
      case 'wrong signature': await sql.rows(`UPDATE switch_order SET order_jws = coalesce((SELECT order_jws FROM switch_order WHERE id <> $1 AND order_jws IS NOT NULL LIMIT 1), 'a.b.c') WHERE id = $1`, [order.id]); return;
      case 'bare': await sql.rows(`UPDATE switch_order SET state = 'released', released_at = now() WHERE id = $1`, [order.id]); break;
      case 'garbage': await sql.rows(`UPDATE switch_order SET state = 'released', release_jws = 'a.b.c', epoch = 1, released_at = now() WHERE id = $1`, [order.id]); break;
      case 'replayed': await sql.rows(`UPDATE switch_order SET state = 'released', release_jws = (SELECT release_jws FROM switch_order WHERE id = $2), released_at = now() WHERE id = $1`, [order.id, another?.id ?? null]); break;
      case 'order as release': await sql.rows(`UPDATE switch_order SET state = 'released', release_jws = order_jws, released_at = now() WHERE id = $1`, [order.id]); break;
    }
    order.forged = true;
  }
  toString = () => `forge #${this.n}: ${this.how}`;
}
class Restart extends Step {
  async act(_model: Model, real: Real) { real.reader = newReader(); }
  toString = () => 'restart';
}
/** A stop is pressed while its release is being agreed to and signed, at the same moment. */
class KillDuringRelease extends Step {
  constructor(readonly n: number, readonly who: number) { super(); }
  async act(model: Model) {
    const order = pick(model, this.n);
    if (!order || order.phase !== 'asked' || order.forged || order.agreed || order.askedBy === this.who) return;
    const before = answering(model, order.kind, order.cover);
    const [pressed] = await Promise.all([
      engageSwitch(makeContext({ kind: 'host', user: 'root' }), order.cover, order.kind),
      people[this.who]!.agree(order.id).then(() => signAndFence(control, newReader(), keys, files.signingKey('control/order'))),
    ]);
    killsDuringRelease++;
    order.agreed = true;
    controlSigned(model);
    expect(pressed.id).not.toBe(order.id);
    if (before) expect(pressed.id).toBe(before.id); else add(model, pressed.id, order.kind, order.cover);
  }
  toString = () => `person ${this.who} agrees to #${this.n} while it is pressed again`;
}

it('holds what the design says, whatever happens in whichever order', async () => {
  const n = fc.nat(30);
  const who = fc.nat(2);
  const cover = fc.constantFrom(...covers);
  const commands = fc.commands([
    fc.tuple(cover, fc.constantFrom('stop' as const, 'stop' as const, 'pause' as const), fc.integer({ min: 1, max: 4 })).map(([c, kind, times]) => new Engage(c, kind, times)),
    fc.tuple(n, who).map(([a, b]) => new Ask(a, b)),
    fc.tuple(n, who).map(([a, b]) => new Ask(a, b)),
    fc.tuple(n, who).map(([a, b]) => new Agree(a, b)),
    fc.tuple(n, who).map(([a, b]) => new KillDuringRelease(a, b)),
    n.map((a) => new Withdraw(a)),
    fc.constant(new ControlRound()),
    fc.constant(new ControlRound()),
    fc.tuple(n, fc.constantFrom('bare' as const, 'garbage' as const, 'replayed' as const, 'order as release' as const, 'unsign' as const, 'wrong signature' as const)).map(([a, how]) => new Forge(a, how)),
    fc.constant(new Restart()),
  ], { maxCommands: 120, size: 'max' });
  await fc.assert(
    fc.asyncProperty(commands, async (list) => {
      await sql.rows('DELETE FROM switch_target');
      await sql.rows('DELETE FROM switch_order');
      await fc.asyncModelRun(() => ({ model: { orders: [], clock: 0 }, real: { reader: newReader() } }), list);
    }),
    { numRuns: Number(process.env.SWITCH_MODEL_RUNS ?? 90) },
  );
  // How many a run makes is drawn as well; about five and a half thousand.
  expect(ran).toBeGreaterThanOrEqual(4_000);
  expect(killsDuringRelease).toBeGreaterThan(0);
  console.info(`switches: ${ran} commands, ${killsDuringRelease} of them a stop that raced its own release and won`);
}, 600_000);
