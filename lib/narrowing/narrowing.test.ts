import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits, compareArguments, typedTexts } from '.';

const tool = {
  formats: { '/to': 'email-list', '/cc': 'email-list', '/amount': 'money', '/folder': 'path', '/folders': 'path', '/order/total': 'money' } as const,
  narrows: { '/attachments': ['drop' as const, 'remove' as const], '/limit': ['lower' as const], '/note': ['remove' as const], '/fixed': [] },
};
const kind = (before: object, after: object) => compareArguments(tool, before as Record<string, unknown>, after as Record<string, unknown>).kind;

describe('a change of arguments', () => {
  it.each([
    ['drops a recipient of a text', { to: 'a@x.org, b@x.org' }, { to: 'b@x.org' }],
    ['drops a recipient of a list', { to: ['a@x.org', 'b@x.org', 'c@x.org'] }, { to: ['a@x.org', 'c@x.org'] }],
    ['leaves an address list out', { to: 'a@x.org', cc: 'b@x.org' }, { to: 'a@x.org' }],
    ['lowers money', { amount: { amount: '100.00', currency: 'EUR' } }, { amount: { amount: '99.99', currency: 'EUR' } }],
    ['lowers money deeper down', { order: { total: '12.50 EUR', id: 'o' } }, { order: { total: '12.00 EUR', id: 'o' } }],
    ['goes further down a path', { folder: '/srv/docs' }, { folder: '/srv/docs/2026' }],
    ['picks below one of several paths', { folders: ['/a', '/b'] }, { folders: ['/b/c'] }],
    ['leaves out a path', { folders: ['/a', '/b'] }, { folders: ['/a'] }],
    ['lowers a declared number', { limit: 10 }, { limit: 3 }],
    ['drops a member of a declared list', { attachments: ['a', 'b'] }, { attachments: ['a'] }],
    ['leaves out what may be left out', { note: 'x', limit: 1 }, { limit: 1 }],
    ['does several of it at once', { to: 'a@x.org, b@x.org', limit: 4 }, { to: 'a@x.org', limit: 1 }],
  ])('that %s is a narrowing', (_, before, after) => expect(kind(before, after)).toBe('narrowing'));

  it.each([
    ['adds a recipient', { to: 'a@x.org' }, { to: 'a@x.org, b@x.org' }],
    ['puts another recipient in one’s place', { to: 'a@x.org, b@x.org' }, { to: 'c@x.org' }],
    ['turns the order of recipients', { to: ['a@x.org', 'b@x.org', 'c@x.org'] }, { to: ['c@x.org', 'a@x.org'] }],
    ['only spells a recipient otherwise', { to: 'a@x.org, A@X.org' }, { to: 'a@x.org' }],
    ['makes a list of a text', { to: 'a@x.org, b@x.org' }, { to: ['a@x.org'] }],
    ['leaves nobody', { to: ['a@x.org'] }, { to: [] }],
    ['raises money', { amount: '10.00 EUR' }, { amount: '10.01 EUR' }],
    ['lowers money in another currency', { amount: '10.00 EUR' }, { amount: '9.00 USD' }],
    ['lowers it below nothing', { amount: '10.00 EUR' }, { amount: '-9.00 EUR' }],
    ['lowers what is below nothing', { amount: '-1.00 EUR' }, { amount: '-2.00 EUR' }],
    ['changes what stands beside an amount', { amount: { amount: '9', currency: 'EUR', account: 'a' } }, { amount: { amount: '8', currency: 'EUR', account: 'b' } }],
    ['leaves an amount out', { amount: '9 EUR' }, {}],
    ['goes up a path', { folder: '/srv/docs/2026' }, { folder: '/srv/docs' }],
    ['goes beside a path', { folder: '/srv/docs' }, { folder: '/srv/docs2' }],
    ['leaves a path by its dots', { folder: '/srv/docs' }, { folder: '/srv/docs/../keys' }],
    ['drops a member of an undeclared list', { except: ['a', 'b'] }, { except: ['a'] }],
    ['lowers an undeclared number', { count: 4 }, { count: 3 }],
    ['leaves out what is not declared so', { dryRun: true, limit: 1 }, { limit: 1 }],
    ['lowers a declared number below nothing', { limit: 1 }, { limit: -1 }],
    ['adds a field', { limit: 1 }, { limit: 1, note: 'x' }],
    ['narrows one and raises another', { limit: 4, count: 1 }, { limit: 3, count: 2 }],
    ['touches what is declared never to be less', { fixed: 2 }, { fixed: 1 }],
  ])('that %s is a replacement', (_, before, after) => expect(kind(before, after)).toBe('replacement'));

  it('says which argument and why, and never a value', () => {
    const { steps } = compareArguments(tool, { to: 'secret-one@x.org, secret-two@x.org', body: 'secret-old' }, { to: 'secret-two@x.org', body: 'secret-new' });
    expect(steps).toEqual([
      { path: '/to', how: 'dropped', narrows: true, why: '1 of 2 are left out.', of: { before: 2, after: 1 } },
      { path: '/body', how: 'replaced', narrows: false, why: 'The tool declares no order for it.' },
    ]);
    expect(JSON.stringify(steps)).not.toContain('secret');
  });
});

// What can be less, and the same made less by the words alone: an oracle that shares no rule with what is tested.
const address = fc.integer({ min: 0, max: 40 }).map((n) => `p${n}@x.org`);
const asked = fc.record({
  to: fc.uniqueArray(address, { minLength: 1, maxLength: 6 }), amount: fc.integer({ min: 0, max: 10_000 }), folder: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
  limit: fc.nat(9), body: fc.string({ maxLength: 4 }), attachments: fc.array(fc.string({ maxLength: 2 }), { maxLength: 4 }),
});
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;
const written = (one: Asked) => ({ to: one.to.join(', '), amount: `${(one.amount / 100).toFixed(2)} EUR`, folder: `/${one.folder.join('/')}`, limit: one.limit, body: one.body, attachments: one.attachments });
const within = (few: readonly string[], many: readonly string[]): boolean => few.length === 0 || (many.length > 0 && (few[0] === many[0] ? within(few.slice(1), many.slice(1)) : within(few, many.slice(1))));
function less(a: Asked, b: Asked): 'same' | 'less' | 'other' {
  const same = [a.to.join() === b.to.join(), a.amount === b.amount, a.folder.join('/') === b.folder.join('/'), a.limit === b.limit, a.body === b.body, JSON.stringify(a.attachments) === JSON.stringify(b.attachments)];
  const down = [b.to.length > 0 && within(b.to, a.to), b.amount <= a.amount, b.folder.length >= a.folder.length && a.folder.every((part, i) => b.folder[i] === part), b.limit <= a.limit, same[4], within(b.attachments, a.attachments)];
  return same.every(Boolean) ? 'same' : down.every((ok, i) => ok || same[i]) ? 'less' : 'other';
}
const partOf = (one: Asked): fc.Arbitrary<Asked> => fc.record({
  to: fc.oneof(fc.constant(one.to), fc.subarray(one.to, { minLength: 1 })), amount: fc.oneof(fc.constant(one.amount), fc.integer({ min: 0, max: one.amount })), folder: fc.oneof(fc.constant(one.folder), fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }).map((more) => [...one.folder, ...more])),
  limit: fc.integer({ min: 0, max: one.limit }), body: fc.constant(one.body), attachments: fc.oneof(fc.constant(one.attachments), fc.subarray(one.attachments)),
});

it('agrees with the words about what is less', () => {
  let narrowed = 0;
  fc.assert(fc.property(asked.chain((one) => fc.tuple(fc.constant(one), fc.oneof(partOf(one), asked, fc.record({ to: fc.constant(one.to), amount: fc.constant(one.amount), folder: asked.map(({ folder }) => folder), limit: fc.constant(one.limit), body: fc.constant(one.body), attachments: asked.map(({ attachments }) => attachments) })))), ([a, b]) => {
    const said = { same: 'same', less: 'narrowing', other: 'replacement' }[less(a, b)];
    if (said === 'narrowing') narrowed++;
    expect(kind(written(a), written(b))).toBe(said);
  }), { numRuns: 4_000 });
  expect(narrowed).toBeGreaterThan(400);
});

it('is a narrowing of a narrowing, and never one back', () => {
  fc.assert(fc.property(asked.chain((a) => partOf(a).chain((b) => partOf(b).map((c) => [a, b, c] as const))), ([a, b, c]) => {
    const [ab, bc, ac, ba] = [[a, b], [b, c], [a, c], [b, a]].map(([x, y]) => kind(written(x!), written(y!)));
    if (ab === 'narrowing') expect(ba).toBe('replacement');
    if (ab !== 'replacement' && bc !== 'replacement') expect(ac).toBe(ab === 'same' && bc === 'same' ? 'same' : 'narrowing');
  }), { numRuns: 2_000 });
});

it('never takes what no order speaks of for less', () => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()), (before, after) => {
    expect(['same', 'replacement']).toContain(compareArguments({ formats: {} }, before, after).kind);
  }));
});

describe('edits', () => {
  const before = { to: 'a@x.org, b@x.org, c@x.org', attachments: ['one', 'two'], order: { total: '5 EUR', id: 'o' } };
  it('are made one after the other, and leave the rest as it was', () => {
    expect(applyEdits(tool, before, [{ kind: 'keep', path: '/to', members: [2, 0] }, { kind: 'remove', path: '/attachments' }, { kind: 'set', path: '/order/total', value: '4 EUR' }])).toEqual({ ok: true, args: { to: 'a@x.org, c@x.org', order: { total: '4 EUR', id: 'o' } } });
    expect(before.attachments).toEqual(['one', 'two']);
  });
  it.each(['/nowhere', '/order/nowhere/deeper', 'to', '/__proto__', '/constructor/prototype', '/to/0'])('say that %s leads nowhere', (path) => {
    expect(applyEdits(tool, before, [{ kind: 'keep', path, members: [0] }])).toMatchObject({ ok: false, path });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

it('takes for the approver’s own only what was nowhere in what was asked', () => {
  expect(typedTexts({ to: 'a@x.org', list: ['x', { y: 'deep' }] }, { to: 'a@x.org', list: ['x'], more: ['deep', 'new'], body: 'new' })).toEqual(['new']);
});

it('stays quick on what is long and alike', () => {
  const from = performance.now();
  const many = Array.from({ length: 10_000 }, (_, i) => `p${i % 7}@x.org`);
  expect(kind({ attachments: many }, { attachments: many.slice(1) })).toBe('narrowing');
  expect(kind({ folder: `/${'a/'.repeat(2_000)}` }, { folder: `/${'a/'.repeat(2_000)}b` })).toBe('narrowing');
  expect(performance.now() - from).toBeLessThan(20_000);
});
