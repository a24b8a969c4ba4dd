import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleSchema } from '../schema';
import { readFacts, resourceOf, validateArgs } from '../read-facts';
import { starterBundle } from '../starter';
import { cedarSchema } from './cedar-schema';
import { cedar } from './engine';
import { evaluate } from './evaluate';
import { prepareBundle } from './prepare-bundle';

const base = {
  principal: { sessionId: 's', instanceId: 'i', agentId: 'a', agentName: 'n' },
  session: { untrustedSeen: true, enforced: true, principalType: 'none', principalVerified: false, behaviourScore: 0, constrained: false },
  findings: [], budgets: { callsThisMinute: 1, callsThisSession: 1, sessionCostMinor: 0, dayCostMinor: 0 }, plan: { submitted: false, conforms: false, stable: true }, environment: 'local', now: new Date(0),
} as const;

/** A tool with every kind of field, and rules that read all of them. */
const everything = bundleSchema.parse({
  format: 1, sequence: 1, name: 'everything', organisation: { name: 'E', domains: ['example.org'] }, routes: {}, limits: [],
  tools: [{
    name: 'every', toolset: 't', operation: 'o', classes: [],
    inputSchema: {
      type: 'object',
      properties: {
        text: { type: 'string' }, whole: { type: 'integer' }, number: { type: 'number' }, flag: { type: 'boolean' }, list: { type: 'array', items: { type: 'string' } }, rows: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } },
        nested: { type: 'object', properties: { inner: { type: ['string', 'null'] }, 'weird "name"': { type: 'string' } } }, free: {}, maybe: { anyOf: [{ type: 'integer' }, { type: 'null' }] }, mixed: { type: ['string', 'integer'] }, word: { enum: ['a', 'b'] },
        mail: { type: 'string' }, link: { type: 'string' }, file: { type: ['string', 'array'], items: { type: 'string' } }, price: {}, query: { type: 'string' }, line: { type: 'string' }, size: { type: 'array' },
      },
    },
    formats: { '/mail': 'email-list', '/link': 'url', '/file': 'path', '/price': 'money', '/query': 'sql', '/line': 'command', '/size': 'count' },
  }],
  policies: {
    all: { text: `permit(principal, action, resource) when {
      (context.args has text && context.args.text == "x") || (context.args has whole && context.args.whole > 3) || (context.args has number && context.args.number.greaterThan(decimal("1.0"))) ||
      (context.args has flag && context.args.flag) || (context.args has list && context.args.list.count > 1 && context.args.list.items.contains("a")) || (context.args has rows && context.args.rows.count > 1) ||
      (context.args has nested && context.args.nested has inner && context.args.nested.inner == "x") || (context.args has maybe && context.args.maybe == 1) || (context.args has word && context.args.word == "a") ||
      (context.args has mail && context.args.mail.external) || (context.args has link && context.args.link.private) || (context.args has file && context.args.file.hidden) || (context.args has price && context.args.price.minor > 0 && context.args.price.amount.lessThan(decimal("5.0"))) ||
      (context.args has query && context.args.query.readOnly) || (context.args has line && context.args.line.simple) || (context.args has size && context.args.size > 1) || context.tainted.contains("text") || context.provenance.text == "tool"
    };` },
    whole: { text: 'permit(principal, action, resource) when { context == context && principal == principal && resource has operation };' },
  },
});
const prepared = prepareBundle(everything);
const tool = prepared.tools.get('every')!;
const starter = prepareBundle(starterBundle());
afterAll(() => [prepared, starter].forEach((one) => one.dispose()));
const schema = cedarSchema(tool.tool);

const nasty = fc.constantFrom<unknown>(
  { __extn: { fn: 'decimal', arg: '1.0' } }, { __entity: { type: 'Tool', id: 'x' } }, { __expr: 'principal' }, '__extn', null, -0, 1e300, 5e-324, 2 ** 53, -(2 ** 53), 0.1 + 0.2, '\ud800', '\u0000', '', [], {}, [null], [[]], { n: 1 }, { n: '1' }, 'a@example.org', 'http://127.1', '../x', '5 EUR', 'select 1', 'ls',
);
const value = fc.oneof(nasty, fc.jsonValue(), fc.string({ unit: 'binary' }), fc.double(), fc.maxSafeInteger(), fc.boolean(), fc.array(nasty, { maxLength: 3 }));
const names = [...Object.keys(tool.tool.inputSchema.properties as object), '__extn', 'unknown', 'constructor'];
const args = fc.dictionary(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.string() }), value, { maxKeys: 6 });

describe('arguments as Cedar sees them', () => {
  it('conform to the generated schema and never make an evaluation fail, whatever was sent', () => {
    let evaluated = 0;
    fc.assert(
      fc.property(args, (sent) => {
        validateArgs(tool, sent);
        const read = readFacts(prepared, tool, sent);
        if (!read.ok) return read.issues.length > 0;
        evaluated += 1;
        const outcome = evaluate(prepared, { ...base, tool: 'every', facts: read.facts, provenance: { '/text': { origin: 'tool', also: [] } } });
        expect(outcome.erroredPolicyIds).toEqual([]);
        expect(outcome.effect).toBe('permit');
        const context = {
          args: read.facts, provenance: Object.fromEntries(tool.argumentNames.map((name) => [name, 'none'])), tainted: [], findings: { kinds: [], detectors: [], worst: 0 },
          budgets: base.budgets, environment: { name: 'local', hour: 0, weekday: 4 }, session: base.session, plan: base.plan, behaviour: { history: false, firstSeenTool: false, firstSeenDestination: false, firstSeenIn: [], reasons: [] },
        } as never;
        const conforms = cedar().checkParseContext({ context, schema, action: { type: 'Action', id: 'call' } });
        expect(conforms).toEqual({ type: 'success' });
        return true;
      }),
      { numRuns: 1_500 },
    );
    expect(evaluated).toBeGreaterThan(150);
  });

  it('never make the starter bundle’s rules fail', () => {
    let evaluated = 0;
    const guess = (property: unknown): fc.Arbitrary<unknown> => {
      const { type, enum: choices } = property as { type?: string; enum?: string[] };
      if (choices) return fc.constantFrom(...choices);
      if (type === 'integer' || type === 'number') return fc.integer({ min: 1, max: 50 });
      if (type === 'array') return fc.array(fc.constantFrom<unknown>('/srv/a', 'x', '/srv/.env'), { minLength: 1, maxLength: 3 });
      if (type === 'object') return fc.record({ amount: fc.constantFrom('5.00', '500', '0', '99999'), currency: fc.constantFrom('EUR', 'USD') });
      return fc.constantFrom('a@example.org', 'a@x.test, b@example.org', 'https://example.org/', 'http://10.0.0.1/', '/srv/a', 'ls -l', 'T-1');
    };
    for (const candidate of starter.tools.values()) {
      const properties = candidate.tool.inputSchema.properties as Record<string, unknown>;
      fc.assert(fc.property(fc.record(Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, guess(property)]))), (sent) => {
        if (validateArgs(candidate, sent).length > 0) return true;
        const read = readFacts(starter, candidate, sent);
        if (!read.ok) return true;
        evaluated += 1;
        return evaluate(starter, { ...base, tool: candidate.tool.name, facts: read.facts, provenance: {} }).effect !== 'error';
      }), { numRuns: 60 });
    }
    expect(evaluated).toBeGreaterThan(500);
  });

  it('are refused when a field is unknown, at any depth, unless the schema lets it in', () => {
    expect(validateArgs(tool, { unknown: 1 })).toEqual([{ path: '', message: 'has a field "unknown" that the tool does not know' }]);
    expect(validateArgs(tool, { nested: { extra: 1 } })).toMatchObject([{ path: '/nested' }]);
    expect(validateArgs(tool, { rows: [{ n: 1, m: 2 }] })).toMatchObject([{ path: '/rows/0' }]);
    expect(validateArgs(tool, { free: { anything: true } })).toEqual([]);
    expect(validateArgs(tool, [])).not.toEqual([]);
  });

  it('give a normalised resource, or none', () => {
    const write = starter.tools.get('write_file')!;
    expect(resourceOf(starter, write, { path: '/srv/docs/../x/' })).toBe('/srv/x');
    for (const path of ['../x', '/a/%2e%2e/b', 5, ['/srv'], undefined, '']) expect(resourceOf(starter, write, { path })).toBeUndefined();
    expect(resourceOf(starter, starter.tools.get('read_multiple_files')!, { paths: ['/srv/a'] })).toBeUndefined();
  });
});
