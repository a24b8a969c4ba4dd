import fc from 'fast-check';
import type { z } from 'zod';
import { agentEventSchemas, type AgentEventName } from '@/lib/protocol/agent-events';
import { starterBundle } from '@/lib/policies';
import { mutations } from './message-mutations';

/** Ids that only the run knows: put in place of these words when a message is sent. */
export const places = ['own-session', 'closed-session', 'foreign-session', 'allowed-action', 'asked-action', 'started-action', 'foreign-action', 'own-token', 'foreign-token', 'known-request'] as const;
export type Place = (typeof places)[number];
export const placeholder = (place: Place) => `\u0001${place}`;

/** One message: `args` is everything between the event's name and the acknowledgement. */
export type FuzzMessage = { event: string; args: unknown[]; mutation: string | undefined };

type Def = { type: string; shape?: Record<string, z.ZodType>; innerType?: z.ZodType; element?: z.ZodType; entries?: Record<string, string>; keyType?: z.ZodType; format?: string; checks?: { _zod: { def: Check } }[] };
type Check = { check: string; minimum?: number; maximum?: number; pattern?: RegExp; value?: number; format?: string };
const defOf = (schema: z.ZodType) => (schema as unknown as { _zod: { def: Def } })._zod.def;

/** What agents may write and people will see: markup, controls, text that turns around, text that cannot be seen, text that means something elsewhere. */
const odd = [
  '', ' ', '\u0000', 'a\u0000b', '\u202egnp.exe', '\u200b\u200d\ufeff', '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '{{7*7}}${7*7}', "'; DROP TABLE action; --", '%00%0a', '../../etc/passwd', 'ａｄｍｉｎ', '𝕬', '👩‍👩‍👧‍👦', '\r\nSet-Cookie: a=b', '\\u0000', 'null', '-1', '1e999',
  'x'.repeat(500), 'é'.repeat(300), '\u0001', '\u007f', 'ﷺ'.repeat(20),
];
const oddText = fc.oneof({ weight: 3, arbitrary: fc.string({ maxLength: 60 }) }, { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) }, { weight: 2, arbitrary: fc.constantFrom(...odd) });
const json = fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' });

/** Values that a schema accepts, made from the schema itself, so that no field of the contract is forgotten. */
function arbitraryOf(schema: z.ZodType, name = ''): fc.Arbitrary<unknown> {
  const known = byName[name];
  if (known) return known;
  const def = defOf(schema);
  const checks = (def.checks ?? []).map((check) => check._zod.def);
  switch (def.type) {
    case 'string': return textOf(def, checks);
    case 'number': {
      const low = checks.find((check) => check.check === 'greater_than')?.value ?? -1e6;
      const high = checks.find((check) => check.check === 'less_than')?.value ?? 1e6;
      return fc.oneof(fc.maxSafeInteger().map((n) => low + (Math.abs(n) % (high - low + 1))), fc.constantFrom(low, high, Math.max(low, 0)));
    }
    case 'enum': return fc.constantFrom(...Object.values(def.entries!));
    case 'optional': return arbitraryOf(def.innerType!, name);
    case 'unknown': return json;
    case 'record': return fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), json, { maxKeys: 6 });
    case 'array': {
      const [least, most] = lengths(checks, 4);
      return fc.array(arbitraryOf(def.element!, name), { minLength: least, maxLength: Math.min(most, least + 4) });
    }
    case 'object': {
      const fields = Object.entries(def.shape!);
      return fc.record(Object.fromEntries(fields.map(([key, field]) => [key, arbitraryOf(field, key)])), { requiredKeys: fields.filter(([, field]) => defOf(field).type !== 'optional').map(([key]) => key) });
    }
    default: throw new Error(`The generator of messages does not know "${def.type}" yet (${name}).`);
  }
}

function textOf(def: Def, checks: Check[]): fc.Arbitrary<string> {
  if (def.format === 'datetime' || checks.some((check) => check.format === 'datetime')) return fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }).map((date) => date.toISOString());
  const [least, most] = lengths(checks, 10_000);
  const pattern = checks.find((check) => check.pattern)?.pattern;
  if (pattern) return fc.stringMatching(pattern).filter((text) => text.length >= least && text.length <= most);
  return oddText.map((text) => text.slice(0, most)).filter((text) => text.length >= least);
}

function lengths(checks: Check[], most: number): [number, number] {
  return [checks.find((check) => check.check === 'min_length')?.minimum ?? 0, checks.find((check) => check.check === 'max_length')?.maximum ?? most];
}

const held = (...some: [Place, number][]) => fc.oneof(...some.map(([place, weight]) => ({ weight, arbitrary: fc.constant(placeholder(place)) })));
const aSession = held(['own-session', 90], ['closed-session', 4], ['foreign-session', 6]);
const anAction = held(['allowed-action', 50], ['started-action', 25], ['asked-action', 10], ['foreign-action', 15]);
/** Fields whose values mean something only when they name what is there. */
const byName: Record<string, fc.Arbitrary<unknown>> = {
  sessionId: aSession, sessionIds: fc.array(aSession, { maxLength: 3 }), parentSessionId: aSession, actionId: anAction, token: held(['own-token', 3], ['foreign-token', 1]),
  requestId: fc.oneof({ weight: 9, arbitrary: fc.stringMatching(/^[\x21-\x7e]{1,128}$/).filter((text) => text.length <= 128) }, { weight: 1, arbitrary: fc.constant(placeholder('known-request')) }),
};

const tools = starterBundle(1).tools;
/** Calls of registered tools with arguments that nearly fit, beside calls of anything. */
const call = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...tools).chain((tool) => fc.record({ tool: fc.constant(tool.name), args: argsOf(tool.inputSchema as ToolSchema) })) },
  { weight: 1, arbitrary: fc.record({ tool: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.\-/]{0,20}$/), args: fc.dictionary(fc.string({ maxLength: 8 }), json, { maxKeys: 4 }) }) },
);
type ToolSchema = { properties?: Record<string, { type?: string; enum?: string[] }>; required?: string[] };
function argsOf({ properties = {}, required = [] }: ToolSchema): fc.Arbitrary<Record<string, unknown>> {
  const valueOf = ({ type, enum: choices }: { type?: string; enum?: string[] }): fc.Arbitrary<unknown> => {
    if (choices) return fc.constantFrom(...choices);
    if (type === 'integer' || type === 'number') return fc.integer({ min: 1, max: 100 });
    if (type === 'string') return fc.oneof(oddText, fc.constantFrom('T-1', 'someone@example.org', 'a@elsewhere.example, b@example.org', 'https://example.org/a', 'http://169.254.169.254/', '/srv/notes.txt', 'ls -la', '12.50'));
    return json;
  };
  return fc.record(Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, valueOf(schema)])), { requiredKeys: required }) as fc.Arbitrary<Record<string, unknown>>;
}

const weights: Partial<Record<AgentEventName, number>> = { 'action.request': 8, 'action.started': 4, 'action.result': 4, 'session.open': 2, 'session.close': 1, 'input.add': 3 };
const valid: fc.Arbitrary<FuzzMessage> = fc.oneof(...(Object.keys(agentEventSchemas) as AgentEventName[]).map((event) => {
  const body = arbitraryOf(agentEventSchemas[event]) as fc.Arbitrary<Record<string, unknown>>;
  const whole = event === 'action.request' ? fc.tuple(body, call).map(([rest, one]) => ({ ...rest, ...one })) : body;
  return { weight: weights[event] ?? 2, arbitrary: whole.map((one): FuzzMessage => ({ event, args: [one], mutation: undefined })) };
}));

/** Messages as agents might send them: about half as the contract says, half broken in one way each. The same seed gives the same ones. */
export function fuzzMessages(count: number, seed: number): FuzzMessage[] {
  return fc.sample(fc.oneof(valid, fc.tuple(valid, fc.constantFrom(...mutations), fc.nat()).map(([message, mutation, at]): FuzzMessage => ({ ...mutation.change(message, at), mutation: mutation.name }))), { numRuns: count, seed });
}
