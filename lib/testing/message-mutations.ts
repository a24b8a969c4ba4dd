import type { FuzzMessage } from './message-fuzz';

export type Mutation = { name: string; change: (message: FuzzMessage, at: number) => FuzzMessage };

type Body = Record<string, unknown>;
const onBody = (name: string, change: (body: Body, at: number) => unknown): Mutation => ({ name, change: (message, at) => ({ ...message, args: [change(structuredClone(message.args[0]) as Body, at)] }) });
const keyAt = (body: Body, at: number) => Object.keys(body)[at % Math.max(1, Object.keys(body).length)];
const replaced = (name: string, value: unknown) => onBody(name, (body, at) => { const key = keyAt(body, at); return key === undefined ? value : { ...body, [key]: value }; });
const nested = (levels: number): unknown => { let value: unknown = 1; for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { a: value }; return value; };
/** An object whose own key is `__proto__`, as JSON makes it. */
const withKey = (key: string): unknown => JSON.parse(`{"${key}": {"isAdmin": true}}`);

/** Ways to break a message, one each. */
export const mutations: readonly Mutation[] = [
  onBody('a field is missing', (body, at) => { const key = keyAt(body, at); if (key !== undefined) delete body[key]; return body; }),
  onBody('a field nobody knows', (body) => ({ ...body, admin: true })),
  onBody('a field twice in other spelling', (body) => ({ ...body, SessionId: body.sessionId })),
  replaced('null', null), replaced('a number', 7), replaced('a text', 'text'), replaced('true', true), replaced('a list', []), replaced('an object', {}), replaced('a negative number', -1), replaced('a fraction', 0.5),
  replaced('beyond 2^53', 9_007_199_254_740_993), replaced('a huge number', 1e308), replaced('an empty text', ''), replaced('a long text', 'x'.repeat(9_000)), replaced('250 KB of text', 'y'.repeat(255_000)), replaced('300 KB of text', 'y'.repeat(300_000)),
  replaced('half a character', '\ud800'), replaced('a zero byte', 'a\u0000b'), replaced('text that turns around', '\u202eabc\u202c'), replaced('many items', Array.from({ length: 5_000 }, (_, i) => i)),
  replaced('depth 33', nested(33)), replaced('depth 2,000', nested(2_000)), replaced('depth 31', nested(31)),
  ...['__proto__', 'constructor', 'prototype', '__entity', '__extn', '__expr'].map((key) => replaced(`the key ${key}`, withKey(key))),
  onBody('the key __proto__ on top', (body) => Object.assign(withKey('__proto__') as Body, body)),
  onBody('ids in capitals', (body) => Object.fromEntries(Object.entries(body).map(([key, value]) => [key, typeof value === 'string' ? value.toUpperCase() : value]))),
  { name: 'an event nobody knows', change: (message, at) => ({ ...message, event: ['session.explode', 'constructor', '__proto__', 'toString', 'hasOwnProperty', '', 'ACTION.REQUEST', 'x'.repeat(3_000)][at % 8]! }) },
  { name: 'no body', change: (message) => ({ ...message, args: [] }) },
  { name: 'two bodies', change: (message) => ({ ...message, args: [message.args[0], message.args[0]] }) },
  { name: 'a body that is no object', change: (message, at) => ({ ...message, args: [[null, 7, 'text', true, [], [[]], '{"a":1}'][at % 7]] }) },
  { name: 'bytes in the body', change: (message, at) => ({ ...message, args: [{ ...(message.args[0] as Body), ...(at % 2 ? { args: Buffer.from('abc') } : { text: new Uint8Array(100) }) }] }) },
];
