import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { propose, settle, step, missing } from '.';
import { mutants, type Step } from './mutants.fixture';
import type { Command, Group, Holds, Quorum, Signature, Terms } from './schema';

// The oracle below is written from the words of the design alone and shares no rule with the reducer: several distinct persons agree on
// exactly this; nobody counts twice nor in two seats nor for their own; one denial ends it; stop before expiry before deny before
// approve; expiry is judged at the moment; a change voids what was signed; what has ended stays ended.

type Fate = 'open' | 'agreed' | 'used' | 'denied' | 'expired' | 'unused' | 'withdrawn' | 'cancelled';
type Believed = { fate: Fate; digest: string; yes: Signature[]; agreedAt: number };
type Setting = { terms: Terms; requestedBy: string; held: Signature[] };

const holds: Holds = (one, group) => (group.role !== undefined ? one.roles.includes(group.role) : one.teams.includes(group.team ?? ''));

/** The most seats that can be filled, by trying every person in every seat. */
function filled(groups: readonly Group[], signers: readonly Signature[]): number {
  const seats = groups.flatMap((group) => Array.from({ length: group.count }, () => group));
  const most = (seat: number, left: readonly Signature[]): number => {
    if (seat === seats.length) return 0;
    const taken = left.filter((one) => holds(one, seats[seat]!)).map((one) => 1 + most(seat + 1, left.filter((other) => other !== one)));
    return Math.max(most(seat + 1, left), ...taken);
  };
  return most(0, signers);
}
const size = (groups: readonly Group[]) => groups.reduce((sum, group) => sum + group.count, 0);
const full = (groups: readonly Group[], signers: readonly Signature[]) => size(groups) > 0 && filled(groups, signers) === size(groups);

/** What the words say happens; answers whether the command is taken. */
function believe(model: Believed, { terms, requestedBy }: Setting, command: Command, now: number): boolean {
  const ended = () => !['open', 'agreed'].includes(model.fate);
  if (ended()) return false;
  if (command.kind === 'cancel') { model.fate = 'cancelled'; return true; }
  if (model.fate === 'open' && terms.expiresAt && now >= terms.expiresAt.getTime()) model.fate = 'expired';
  if (model.fate === 'agreed' && terms.useWithinMs !== null && now >= model.agreedAt + terms.useWithinMs) model.fate = 'unused';
  const complete = () => {
    const enough = full(terms.groups, model.yes) || terms.relief.some((one) => now >= one.from.getTime() && full(one.groups, model.yes));
    if (model.fate === 'open' && enough) { model.fate = 'agreed'; model.agreedAt = now; }
  };
  complete();
  if (command.kind === 'tick') return true;
  if (ended()) return false;
  const signed = (id: string) => model.yes.some((one) => one.personId === id);
  switch (command.kind) {
    case 'withdraw':
      if (command.by !== requestedBy) return false;
      model.fate = 'withdrawn';
      return true;
    case 'change':
      if (command.digest !== model.digest) Object.assign(model, { digest: command.digest, yes: [], fate: 'open' });
      return true;
    case 'use':
      if (model.fate !== 'agreed') return false;
      model.fate = 'used';
      return true;
    case 'unsign':
      if (model.fate !== 'open' || !signed(command.by)) return false;
      model.yes = model.yes.filter((one) => one.personId !== command.by);
      return true;
    case 'deny':
      if (model.fate !== 'open' || !terms.denial || command.digest !== model.digest) return false;
      model.fate = 'denied';
      return true;
    case 'sign': {
      const who = command.signature;
      const own = terms.excluded.some((one) => one.personId === who.personId);
      if (model.fate !== 'open' || command.digest !== model.digest || own || signed(who.personId)) return false;
      const asked = [...terms.groups, ...terms.relief.flatMap((one) => (now >= one.from.getTime() ? one.groups : []))];
      if (!asked.some((group) => holds(who, group))) return false;
      model.yes = [...model.yes, who];
      complete();
      return true;
    }
  }
}

const fateOf = ({ phase }: Quorum): Fate => (phase.kind === 'expired' && phase.unused ? 'unused' : phase.kind);

const people = ['ada', 'bob', 'cleo', 'dan', 'eve'];
const person = fc.constantFrom(...people);
const group: fc.Arbitrary<Group> = fc.oneof(
  fc.record({ role: fc.constantFrom('security', 'payments'), count: fc.integer({ min: 1, max: 2 }) }),
  fc.record({ team: fc.constantFrom('night', 'day'), count: fc.integer({ min: 1, max: 2 }) }),
);
const setting: fc.Arbitrary<Setting> = fc.record({
  requestedBy: person,
  held: fc.tuple(...people.map((personId) => fc.record({ personId: fc.constant(personId), roles: fc.subarray(['security', 'payments']), teams: fc.subarray(['night', 'day']) }))),
  terms: fc.record({
    groups: fc.oneof({ weight: 12, arbitrary: fc.array(group, { minLength: 1, maxLength: 3 }) }, { weight: 1, arbitrary: fc.constant([]) }),
    excluded: fc.subarray(people, { maxLength: 2 }).map((ids) => ids.map((personId) => ({ personId, because: 'It is their own.' }))),
    expiresAt: fc.option(fc.integer({ min: 5, max: 60 }).map((at) => new Date(at))),
    relief: fc.array(fc.record({ from: fc.integer({ min: 3, max: 30 }).map((at) => new Date(at)), groups: fc.array(group, { minLength: 1, maxLength: 1 }) }), { maxLength: 2 }),
    denial: fc.boolean(),
    useWithinMs: fc.option(fc.integer({ min: 1, max: 10 })),
  }),
});
/** A command, as far as it can be told before it is known what stands; `digest` is the one that stands unless another is named. */
type Told = { kind: Command['kind']; who: number; digest: string | null; passes: number };
const told: fc.Arbitrary<Told> = fc.record({
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant('sign' as const) }, { weight: 3, arbitrary: fc.constant('tick' as const) }, { weight: 3, arbitrary: fc.constant('change' as const) }, { weight: 3, arbitrary: fc.constant('unsign' as const) },
    { weight: 1, arbitrary: fc.constantFrom('deny' as const, 'withdraw' as const, 'cancel' as const, 'use' as const) },
  ),
  who: fc.nat(people.length - 1), digest: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constantFrom('a', 'b') }),
  passes: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) }),
});

function commandOf({ kind, who, digest }: Told, held: Signature[], stands: string): Command {
  const by = people[who]!;
  switch (kind) {
    case 'sign': return { kind, signature: held[who]!, digest: digest ?? stands };
    case 'deny': return { kind, by, digest: digest ?? stands };
    case 'change': return { kind, digest: digest ?? (stands === 'a' ? 'b' : 'a') };
    case 'cancel': return { kind, reason: 'stopped' };
    case 'unsign':
    case 'withdraw': return { kind, by };
    case 'use':
    case 'tick': return { kind };
  }
}

let ran = 0;
const walk = (move: Step) => fc.property(setting, fc.array(told, { minLength: 20, maxLength: 60, size: 'max' }), (given, list) => {
  let quorum = propose({ kind: 'propose', by: given.requestedBy, digest: 'a', terms: given.terms });
  const model: Believed = { fate: 'open', digest: 'a', yes: [], agreedAt: 0 };
  let now = 0;
  for (const one of list) {
    ran++;
    now += one.passes;
    const command = commandOf(one, given.held, model.digest);
    const stepped = move(quorum, command, new Date(now), holds);
    const taken = believe(model, given, command, now);
    quorum = stepped.quorum;
    const seen = { fate: fateOf(quorum), digest: quorum.digest, yes: quorum.signatures.map((each) => each.personId), missing: size(missing(quorum, holds, new Date(now))), ...(command.kind === 'tick' ? {} : { taken: stepped.refused === null }) };
    const ways = [given.terms.groups, ...given.terms.relief.flatMap((other) => (now >= other.from.getTime() ? [other.groups] : []))];
    const wanted = model.fate === 'open' ? Math.min(...ways.map((groups) => Math.max(1, size(groups)) - filled(groups, model.yes))) : 0;
    const believed = { fate: model.fate, digest: model.digest, yes: model.yes.map((each) => each.personId), missing: wanted, ...(command.kind === 'tick' ? {} : { taken }) };
    // The matcher is slow, and needed only to say what differs.
    if (JSON.stringify(seen) !== JSON.stringify(believed)) expect(seen).toEqual(believed);
  }
});

it('does what the words say, whatever comes in whichever order', () => {
  ran = 0;
  fc.assert(walk(step), { numRuns: 2_000 });
  console.info(`quorum: ${ran} commands`);
  expect(ran).toBeGreaterThanOrEqual(50_000);
});

describe('the model catches a reducer in which', () => {
  it.each(Object.entries(mutants))('%s', (_, mutant) => {
    expect(fc.check(walk(mutant), { numRuns: 3_000, endOnFailure: true }).failed).toBe(true);
  });
});

it('takes what is known at one moment in the order stop, expiry, deny, approve, however it comes in', () => {
  const ada: Signature = { personId: 'ada', roles: ['security'], teams: [] };
  const at = new Date(10);
  const terms: Terms = { groups: [{ role: 'security', count: 1 }], excluded: [], expiresAt: null, relief: [], denial: true, useWithinMs: null };
  const known: Record<string, Command> = { cancelled: { kind: 'cancel', reason: 'stopped' }, denied: { kind: 'deny', by: 'bob', digest: 'a' }, agreed: { kind: 'sign', signature: ada, digest: 'a' } };
  const order = ['cancelled', 'expired', 'denied', 'agreed'];
  fc.assert(fc.property(fc.shuffledSubarray(Object.keys(known), { minLength: 1 }), fc.boolean(), (kinds, late) => {
    const quorum = propose({ kind: 'propose', by: 'cleo', digest: 'a', terms: { ...terms, expiresAt: late ? at : null } });
    const expected = order.find((kind) => kinds.includes(kind) || (late && kind === 'expired'));
    expect(settle(quorum, kinds.map((kind) => known[kind]!), at, holds).quorum.phase.kind).toBe(expected);
  }));
});
