import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Holds, Signature } from '@/lib/quorum';
import { settle, step, type Approval, type ApprovalCommand } from './machine';
import { machineMutants, type MachineStep } from './machine-mutants.fixture';
import { approvalOf, endOf, seatsOf } from './rules';
import type { AskedRoute, Group } from './schema';

// The oracle is written from the words of the design alone and shares no rule with the reducer. An approval is open, then ends exactly once;
// stop goes before expiry, that before a denial, that before a yes; expiry is judged at the moment; nobody counts twice, for their own, or for
// what they wrote anew; a narrowing is its author's signature, a replacement is nobody's; a change lets fall what was signed and binds a new
// digest; a permit is made for what was granted and not used or over, and it is used once. What runs beside it is the reducer under the rows
// that the verbs write: before any command it may be forgotten and built from the rows again, as after a restart.

type Fate = 'pending' | 'partially_approved' | 'approved' | 'used' | 'unused_expired' | 'denied' | 'expired' | 'stopped' | 'session_ended' | 'withdrawn' | 'superseded';
type Setting = { groups: Group[]; escalation: AskedRoute['escalation']; stricter: Group[]; own: string[]; excluded: string[]; held: Signature[]; decideBy: number; useByMs: number };
type Believed = { fate: Fate; digest: string; revision: number; yes: string[]; authors: string[]; grantedAt: number; early: number; groups: Group[]; escalation: AskedRoute['escalation'] };

const holds: Holds = (one, group) => (group.role !== undefined ? one.roles.includes(group.role) : one.teams.includes(group.team ?? ''));
const fits = (one: Signature, group: Group) => (group.role !== undefined ? one.roles.includes(group.role) : one.teams.includes(group.team ?? ''));
/** Whether every seat can be taken, by trying each person in each. */
function seated(groups: readonly Group[], people: readonly Signature[]): boolean {
  const seats = groups.flatMap((group) => Array.from({ length: group.quorum }, () => group));
  const take = (seat: number, left: readonly Signature[]): boolean => seat === seats.length || left.some((one) => fits(one, seats[seat]!) && take(seat + 1, left.filter((other) => other !== one)));
  return seats.length > 0 && take(0, people);
}

type Told = { kind: 'sign' | 'deny' | 'narrow' | 'replace' | 'withdraw' | 'stop' | 'session_end' | 'rules_change' | 'escalate' | 'collect' | 'use' | 'tick'; who: number; stale: boolean; back: boolean; stricter: boolean; passes: number; restarts: boolean };

const ended = (fate: Fate) => !['pending', 'partially_approved', 'approved'].includes(fate);
/** What the words say happens; answers whether the command is taken. */
function believe(m: Believed, s: Setting, one: Told, seen: string, to: string, now: number): boolean {
  if (ended(m.fate)) return false;
  if (one.kind === 'stop' || one.kind === 'session_end' || one.kind === 'rules_change') {
    m.fate = one.kind === 'stop' ? 'stopped' : one.kind === 'session_end' ? 'session_ended' : 'superseded';
    return true;
  }
  if (m.fate !== 'approved' && now >= s.decideBy) m.fate = 'expired';
  if (m.fate === 'approved' && now >= m.grantedAt + s.useByMs) m.fate = 'unused_expired';
  if (one.kind === 'tick') return true;
  if (ended(m.fate)) return false;
  const who = s.held[one.who]!;
  const open = m.fate !== 'approved';
  const ways = [m.groups, ...m.escalation.filter(({ afterMs }, index) => index < m.early || now >= afterMs).map(({ groups }) => groups)];
  // A way further up is open as well once one above it is.
  const reached = m.escalation.findLastIndex(({ afterMs }, index) => index < m.early || now >= afterMs) + 1;
  for (const { groups } of m.escalation.slice(0, reached)) if (!ways.includes(groups)) ways.push(groups);
  const may = () => open && seen === m.digest && !s.excluded.includes(who.personId) && ways.flat().some((group) => fits(who, group));
  const enough = (groups: Group[][]) => groups.some((each) => seated(each, m.yes.map((id) => s.held.find(({ personId }) => personId === id)!)));
  const grant = (waysNow = ways) => { m.fate = enough(waysNow) ? 'approved' : 'partially_approved'; if (m.fate === 'approved') m.grantedAt = now; };
  switch (one.kind) {
    case 'withdraw':
      if (!s.own.includes(who.personId)) return false;
      m.fate = 'withdrawn';
      return true;
    case 'collect': return m.fate === 'approved';
    case 'use':
      if (m.fate !== 'approved') return false;
      m.fate = 'used';
      return true;
    case 'deny':
      if (!open || seen !== m.digest) return false;
      m.fate = 'denied';
      return true;
    case 'escalate':
      if (!open || reached >= m.escalation.length) return false;
      m.early = reached + 1;
      return true;
    case 'sign': {
      const again = m.yes.includes(who.personId);
      if (!may() || m.authors.includes(who.personId) || (again && !enough(ways))) return false;
      if (!again) m.yes = [...m.yes, who.personId];
      grant();
      return true;
    }
    case 'narrow':
    case 'replace': {
      const wrote = m.authors.includes(who.personId);
      if (!(wrote ? open && seen === m.digest && !s.excluded.includes(who.personId) : may()) || to === m.digest) return false;
      Object.assign(m, { digest: to, revision: m.revision + 1, yes: [], fate: 'pending' });
      if (one.stricter) Object.assign(m, { groups: s.stricter, escalation: [] });
      if (one.kind === 'replace' && !wrote) m.authors = [...m.authors, who.personId];
      const waysNow = one.stricter ? [s.stricter] : ways;
      if (one.kind === 'narrow' && !wrote && waysNow.flat().some((group) => fits(who, group))) { m.yes = [who.personId]; grant(waysNow); }
      return true;
    }
  }
}

// What the verbs write, and nothing else.
type Row = { state: 'pending' | 'partially_approved' | 'approved' | 'used' | 'unused_expired' | 'denied' | 'expired' | 'cancelled'; cancelReason: string | null; digest: string; revision: number; tier: number; decideBy: Date; useBy: Date | null; useByMs: number; requestedAt: Date; route: Pick<AskedRoute, 'groups' | 'escalation'> };
type Rows = { row: Row; signatures: (Signature & { digest: string; revision: number })[]; authors: string[] };
const OWN = 'It is your own.';

function fromRows({ row, signatures, authors }: Rows, s: Setting): Approval {
  const standing = signatures.filter((one) => one.digest === row.digest && one.revision === row.revision).map(({ digest: _d, revision: _r, ...signature }) => signature);
  return approvalOf(row, standing, { excluded: s.excluded.map((personId) => ({ personId, because: OWN })), authors, own: s.own });
}

function save(rows: Rows, command: ApprovalCommand, after: Approval, refused: boolean, now: Date, route: Row['route']): void {
  const { row } = rows;
  const { phase } = after.quorum;
  const end = endOf(phase);
  // A row that has ended is never written.
  if (!['pending', 'partially_approved', 'approved'].includes(row.state)) return;
  if (end) { row.state = end.state; row.cancelReason = end.state === 'cancelled' ? end.reason : null; return; }
  if (refused) return;
  if (command.kind === 'deny') row.state = 'denied';
  if (command.kind === 'use') row.state = 'used';
  if (command.kind !== 'sign' && command.kind !== 'narrow' && command.kind !== 'replace') return;
  const { signature } = command;
  if (command.kind !== 'sign') {
    Object.assign(row, { digest: command.to, revision: row.revision + 1, state: 'pending', route });
    if (command.kind === 'replace' && !rows.authors.includes(signature.personId)) rows.authors.push(signature.personId);
  }
  if (!after.quorum.signatures.some(({ personId }) => personId === signature.personId)) return;
  if (!rows.signatures.some((one) => one.personId === signature.personId && one.digest === row.digest && one.revision === row.revision)) rows.signatures.push({ ...signature, digest: row.digest, revision: row.revision });
  row.state = phase.kind === 'agreed' ? 'approved' : 'partially_approved';
  if (phase.kind === 'agreed') row.useBy = new Date(now.getTime() + row.useByMs);
}

const people = ['ada', 'bob', 'cleo', 'dan'];
const group: fc.Arbitrary<Group> = fc.oneof(fc.record({ role: fc.constantFrom('security', 'payments'), quorum: fc.integer({ min: 1, max: 2 }) }), fc.record({ team: fc.constantFrom('night', 'day'), quorum: fc.integer({ min: 1, max: 2 }) }));
const setting: fc.Arbitrary<Setting> = fc.record({
  groups: fc.array(group, { minLength: 1, maxLength: 2 }), stricter: fc.array(group, { minLength: 1, maxLength: 2 }),
  escalation: fc.uniqueArray(fc.record({ afterMs: fc.integer({ min: 1, max: 25 }), groups: fc.array(group, { minLength: 1, maxLength: 1 }), notify: fc.constant<string[]>([]) }), { maxLength: 2, selector: ({ afterMs }) => afterMs }).map((list) => list.sort((a, b) => a.afterMs - b.afterMs)),
  own: fc.subarray(people, { maxLength: 1 }), excluded: fc.subarray(people, { maxLength: 1 }),
  held: fc.tuple(...people.map((personId) => fc.record({ personId: fc.constant(personId), roles: fc.subarray(['security', 'payments'], { minLength: 1 }), teams: fc.subarray(['night', 'day']) }))),
  decideBy: fc.integer({ min: 10, max: 60 }), useByMs: fc.integer({ min: 1, max: 12 }),
});
const told: fc.Arbitrary<Told> = fc.record({
  kind: fc.oneof(
    { weight: 14, arbitrary: fc.constant('sign' as const) }, { weight: 6, arbitrary: fc.constantFrom('narrow' as const, 'replace' as const) }, { weight: 5, arbitrary: fc.constantFrom('tick' as const, 'collect' as const, 'escalate' as const) },
    { weight: 2, arbitrary: fc.constantFrom('use' as const, 'deny' as const, 'withdraw' as const) }, { weight: 1, arbitrary: fc.constantFrom('stop' as const, 'session_end' as const, 'rules_change' as const) },
  ),
  who: fc.nat(people.length - 1), stale: fc.integer({ min: 0, max: 7 }).map((n) => n === 0), back: fc.boolean(), stricter: fc.integer({ min: 0, max: 3 }).map((n) => n === 0),
  passes: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) }), restarts: fc.boolean(),
});

function commandOf(one: Told, s: Setting, row: Row, seen: string, to: string): ApprovalCommand | 'escalate' {
  const signature = s.held[one.who]!;
  switch (one.kind) {
    case 'sign': return { kind: 'sign', signature, digest: seen };
    case 'deny': return { kind: 'deny', by: signature.personId, digest: seen };
    case 'narrow':
    case 'replace': return { kind: one.kind, signature, digest: seen, to, ...(one.stricter ? { who: seatsOf({ ...row, route: { groups: s.stricter, escalation: [] } }) } : {}) };
    case 'withdraw': return { kind: 'withdraw', by: signature.personId };
    case 'stop': return { kind: 'cancel', reason: 'stopped' };
    case 'session_end': return { kind: 'cancel', reason: 'session_ended' };
    case 'rules_change': return { kind: 'cancel', reason: 'superseded' };
    case 'escalate': return 'escalate';
    default: return { kind: one.kind };
  }
}

/** A person or the clock sends it up: the row says how far, and what is held in memory is built from it again. */
function escalate(rows: Rows, approval: Approval, now: Date): boolean {
  const { row } = rows;
  const open = (row.state === 'pending' || row.state === 'partially_approved') && approval.quorum.phase.kind === 'open' && row.decideBy > now;
  const reached = row.route.escalation.findLastIndex(({ afterMs }, index) => index < row.tier || row.requestedAt.getTime() + afterMs <= now.getTime()) + 1;
  if (!open || reached >= row.route.escalation.length) return false;
  row.tier = reached + 1;
  return true;
}

let ran = 0;
let ends: Record<string, number> = {};
const walk = (move: MachineStep) => fc.property(setting, fc.array(told, { minLength: 25, maxLength: 60, size: 'max' }), (s, list) => {
  const rows: Rows = { row: { state: 'pending', cancelReason: null, digest: 'd0', revision: 1, tier: 0, decideBy: new Date(s.decideBy), useBy: null, useByMs: s.useByMs, requestedAt: new Date(0), route: { groups: s.groups, escalation: s.escalation } }, signatures: [], authors: [] };
  const model: Believed = { fate: 'pending', digest: 'd0', revision: 1, yes: [], authors: [], grantedAt: 0, early: 0, groups: s.groups, escalation: s.escalation };
  let approval = fromRows(rows, s);
  let [now, permits, uses, over] = [0, 0, 0, ''];
  const digests = ['d0'];
  for (const one of list) {
    ran++;
    now += one.passes;
    const at = new Date(now);
    const seen = one.stale ? digests[one.who % digests.length]! : model.digest;
    // Some changes put arguments back that stood before.
    const to = one.back ? digests[(one.who + 1) % digests.length]! : `d${digests.length}`;
    if (one.restarts) approval = fromRows(rows, s);
    const command = commandOf(one, s, rows.row, seen, to);
    let taken: boolean;
    if (command === 'escalate') {
      const ticked = move(approval, { kind: 'tick' }, at, holds).approval;
      const stays = endOf(ticked.quorum.phase) !== undefined;
      if (stays) { approval = ticked; save(rows, { kind: 'tick' }, ticked, false, at, rows.row.route); }
      taken = escalate(rows, approval, at);
      if (taken) approval = fromRows(rows, s);
    } else {
      const stepped = move(approval, command, at, holds);
      taken = stepped.refused === null;
      approval = stepped.approval;
      save(rows, command, approval, !taken, at, one.stricter ? { groups: s.stricter, escalation: [] } : rows.row.route);
    }
    const expected = believe(model, s, one, seen, to, now);
    if (model.digest === to && !digests.includes(to)) digests.push(to);
    const fate = rows.row.state === 'cancelled' ? rows.row.cancelReason : rows.row.state;
    const found = { fate, digest: approval.quorum.digest, revision: rows.row.revision, yes: [...approval.quorum.signatures.map(({ personId }) => personId)].sort(), authors: [...approval.authors].sort(), ...(one.kind === 'tick' ? {} : { taken }) };
    const wanted = { fate: model.fate, digest: model.digest, revision: model.revision, yes: [...model.yes].sort(), authors: [...model.authors].sort(), ...(one.kind === 'tick' ? {} : { taken: expected }) };
    // The matcher is slow, and needed only to say what differs.
    if (JSON.stringify(found) !== JSON.stringify(wanted)) expect({ ...found, after: one }).toEqual({ ...wanted, after: one });
    if (one.kind === 'collect' && taken) permits++;
    if (one.kind === 'use' && taken) uses++;
    // Exactly one end, one use at most, and no permit without a grant.
    if (over !== '' && fate !== over) throw new Error(`it ended as ${over}, and then as ${fate}`);
    if (ended(model.fate)) over = fate!;
    if (uses > 1 || (permits > 0 && rows.row.useBy === null)) throw new Error('a second use, or a permit that nobody granted');
  }
  ends[model.fate] = (ends[model.fate] ?? 0) + 1;
});

it('does what the words say, whatever comes in whichever order, also when it is built from its rows again', () => {
  [ran, ends] = [0, {}];
  fc.assert(walk(step), { numRuns: 1_400 });
  console.info(`approval: ${ran} commands; ended ${JSON.stringify(ends)}`);
  expect(ran).toBeGreaterThanOrEqual(50_000);
  // Each end was come to, so that none of them is right for want of trying.
  for (const fate of ['used', 'unused_expired', 'denied', 'expired', 'stopped', 'session_ended', 'withdrawn', 'superseded']) expect(ends[fate] ?? 0, fate).toBeGreaterThan(0);
});

describe('the model catches a reducer in which', () => {
  it.each(Object.entries(machineMutants))('%s', (_, mutant) => {
    expect(fc.check(walk(mutant), { numRuns: 3_000, endOnFailure: true }).failed).toBe(true);
  });
});

it('takes what is known at one moment in the order stop, expiry, deny, approve, however it comes in', () => {
  const [ada, bob]: Signature[] = [{ personId: 'ada', roles: ['security'], teams: [] }, { personId: 'bob', roles: ['security'], teams: [] }];
  const at = new Date(10);
  const known: Record<string, ApprovalCommand> = {
    cancelled: { kind: 'cancel', reason: 'stopped' }, withdrawn: { kind: 'withdraw', by: 'olga' }, denied: { kind: 'deny', by: 'bob', digest: 'a' },
    changed: { kind: 'replace', signature: bob!, digest: 'a', to: 'b' }, agreed: { kind: 'sign', signature: ada!, digest: 'a' },
  };
  const order = ['cancelled', 'expired', 'withdrawn', 'denied', 'changed', 'agreed'];
  fc.assert(fc.property(fc.shuffledSubarray(Object.keys(known), { minLength: 1 }), fc.boolean(), (kinds, late) => {
    const row = { state: 'pending' as const, decideBy: late ? at : new Date(99), useBy: null, digest: 'a', revision: 1, tier: 0, useByMs: 10, requestedAt: new Date(0), route: { groups: [{ role: 'security', quorum: 1 }], escalation: [] } };
    const approval = approvalOf(row, [], { excluded: [], authors: [], own: ['olga'] });
    const { approval: { quorum } } = settle(approval, kinds.map((kind) => known[kind]!), at, holds);
    const expected = order.find((kind) => kinds.includes(kind) || (late && kind === 'expired'));
    expect(quorum.phase.kind === 'open' && quorum.digest === 'b' ? 'changed' : quorum.phase.kind).toBe(expected);
  }));
});
