import { webcrypto } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { stopKeyBytes } from '@/lib/protocol/stop-key';
import type { Kept, KeptKey } from './kept-key';
import { stopByKey } from './stop-by-key';

let kept: Kept | null;
vi.mock('./kept-key', () => ({
  liveKey: async () => (kept?.kind === 'key' ? kept : null),
  forgetKey: async () => { kept = kept && { kind: 'forgotten', signInId: kept.signInId }; },
}));

type Sent = { at: string; body: Record<string, string> };
let sent: Sent[];
let doors: ((body: Record<string, string>) => { status: number; json: unknown } | 'down')[];
let publicKey: webcrypto.CryptoKey;

beforeEach(async () => {
  const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  publicKey = pair.publicKey;
  kept = { kind: 'key', id: '019a0000-0000-7000-8000-000000000001', privateKey: pair.privateKey, personId: 'p', expiresAt: '2099-01-01T00:00:00.000Z', wide: true, signInId: 's' } satisfies KeptKey;
  sent = [];
  vi.stubGlobal('fetch', async (at: string, init: RequestInit) => {
    const body = JSON.parse(init.body as string) as Record<string, string>;
    sent.push({ at, body });
    expect(init.credentials).toBe('omit');
    const answer = doors.shift()!(body);
    if (answer === 'down') throw new TypeError('Failed to fetch');
    return Response.json(answer.json, { status: answer.status });
  });
});
afterEach(() => vi.unstubAllGlobals());

const engaged = (more: object = {}) => () => ({ status: 202, json: { order: { id: 'o', scope: 'global' }, standing: false, durability: 'database', ...more } });
const down = () => 'down' as const;
const holds = ({ signature, ...claim }: Record<string, string>) => webcrypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, publicKey, Buffer.from(signature!, 'base64url'), stopKeyBytes(claim as never));

it('signs what it asks for, and asks the console first', async () => {
  doors = [engaged({ standing: true })];
  expect(await stopByKey({ scope: 'agent', target: 'a' }, 'http://control')).toEqual({ kind: 'stopped', orderId: 'o', standing: true, durability: 'database' });
  expect(sent).toMatchObject([{ at: '/api/v1/switches/engage-by-key', body: { keyId: kept!.kind === 'key' && kept!.id, scope: 'agent', target: 'a' } }]);
  expect(await holds(sent[0]!.body)).toBe(true);
});

it('goes straight to control when the console is dead or fails, each time with a number of its own', async () => {
  for (const first of [down, () => ({ status: 502, json: {} }), () => ({ status: 503, json: { detail: 'The database is away.' } })]) {
    sent = [];
    doors = [first, engaged({ durability: 'journal' })];
    expect(await stopByKey({ scope: 'global' }, 'http://control')).toMatchObject({ kind: 'stopped', durability: 'journal' });
    expect(sent[1]!.at).toBe('http://control/v1/switches/engage-by-key');
    expect(sent[1]!.body.nonce).not.toBe(sent[0]!.body.nonce);
    expect(await holds(sent[1]!.body)).toBe(true);
  }
  doors = [down, down];
  expect(await stopByKey({ scope: 'global' }, 'http://control')).toMatchObject({ kind: 'unreachable', because: 'Neither the console nor control answers.' });
});

it('signs what is held with it, and leaves that out for a control that knows of none', async () => {
  const cover = { scope: 'session', target: 's', holdMinutes: 10 };
  doors = [engaged()];
  expect(await stopByKey(cover, null)).toEqual({ kind: 'stopped', orderId: 'o', standing: false, durability: 'database', holdMinutes: 10 });
  expect(sent[0]!.body).toMatchObject(cover);
  expect(await holds(sent[0]!.body)).toBe(true);
  doors = [() => ({ status: 400, json: { code: 'invalid', detail: 'The input names holdMinutes, which is unknown.' } }), engaged()];
  expect(await stopByKey(cover, null)).toEqual({ kind: 'stopped', orderId: 'o', standing: false, durability: 'database' });
  expect(sent[2]!.body).not.toHaveProperty('holdMinutes');
  expect(await holds(sent[2]!.body)).toBe(true);
  const refuses = () => ({ status: 400, json: { code: 'invalid', detail: 'No.' } });
  doors = [refuses, refuses];
  expect(await stopByKey(cover, null)).toEqual({ kind: 'refused', because: 'No.' });
});

it('puts a wrong clock right by what the server says, once', async () => {
  const serverTime = '2031-05-05T05:05:05.000Z';
  const late = () => ({ status: 400, json: { why: 'clock', serverTime, detail: 'Off.' } });
  doors = [late, engaged()];
  expect(await stopByKey({ scope: 'global' }, null)).toMatchObject({ kind: 'stopped' });
  expect(Math.abs(Date.parse(sent[1]!.body.ts!) - Date.parse(serverTime))).toBeLessThan(5_000);
  doors = [late, late];
  expect(await stopByKey({ scope: 'global' }, null)).toEqual({ kind: 'refused', because: 'Off.' });
});

it('forgets a key that was revoked, keeps one that is refused for another reason, and knocks at no second door then', async () => {
  doors = [() => ({ status: 403, json: { detail: 'Your role.' } })];
  expect(await stopByKey({ scope: 'global' }, 'http://control')).toEqual({ kind: 'refused', because: 'Your role.' });
  expect(kept?.kind).toBe('key');
  doors = [() => ({ status: 401, json: { why: 'revoked', detail: 'Revoked.' } })];
  expect(await stopByKey({ scope: 'global' }, 'http://control')).toEqual({ kind: 'no_key', because: 'Revoked.' });
  expect(kept).toEqual({ kind: 'forgotten', signInId: 's' });
  expect(await stopByKey({ scope: 'global' }, 'http://control')).toMatchObject({ kind: 'no_key' });
  expect(sent).toHaveLength(2);
});
