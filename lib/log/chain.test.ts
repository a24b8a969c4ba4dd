import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import { type ChainLink, GENESIS_HEAD, linkHash, verifyChain } from './chain';

const STREAM = 'session/a';

function chainOf(length: number): ChainLink[] {
  let head = GENESIS_HEAD;
  return Array.from({ length }, (_, i) => {
    const body = canonicalJson({ id: `e${i}`, stream: STREAM, seq: i + 1, data: { note: `é ${i}` } });
    head = linkHash(head, body);
    return { stream: STREAM, seq: i + 1, body, hash: head };
  });
}
const failure = (events: ChainLink[]) => {
  const result = verifyChain(STREAM, events);
  return result.ok ? 'whole' : `${result.failure} ${result.seq}`;
};

describe('the chain of a stream', () => {
  it('hashes the previous hash\'s bytes and the canonical text', () => {
    const expected = createHash('sha256').update(Buffer.alloc(32)).update('{"a":"é"}', 'utf8').digest('hex');
    expect(linkHash(GENESIS_HEAD, '{"a":"é"}')).toBe(expected);
  });

  it('is whole as it was made, from its start or from anywhere', () => {
    const events = chainOf(9);
    expect(verifyChain(STREAM, events)).toEqual({ ok: true, events: 9, end: { seq: 9, head: events[8]!.hash } });
    expect(verifyChain(STREAM, events.slice(4), { seq: 4, head: events[3]!.hash }).ok).toBe(true);
    expect(verifyChain(STREAM, [])).toEqual({ ok: true, events: 0, end: { seq: 0, head: GENESIS_HEAD } });
  });

  it.each<[string, (events: ChainLink[]) => void, string]>([
    ['a changed body', (e) => { e[3]!.body = e[3]!.body.replace('é 3', 'é 4'); }, 'changed 4'],
    ['a changed hash', (e) => { e[3]!.hash = e[2]!.hash; }, 'changed 4'],
    ['a changed body with its hash made new', (e) => { e[3]!.body = e[3]!.body.replace('é 3', 'x'); e[3]!.hash = linkHash(e[2]!.hash, e[3]!.body); }, 'changed 5'],
    ['a dropped event', (e) => { e.splice(3, 1); }, 'missing 5'],
    ['a dropped first event', (e) => { e.shift(); }, 'missing 2'],
    ['two events swapped', (e) => { e.splice(3, 2, e[4]!, e[3]!); }, 'missing 5'],
    ['an event twice', (e) => { e.splice(4, 0, e[3]!); }, 'repeated 4'],
    ['an old event again', (e) => { e.push(e[2]!); }, 'out_of_order 3'],
    ['a row under another number', (e) => { e[3] = { ...e[4]!, seq: 4 }; }, 'misplaced 4'],
    ['a row of another stream', (e) => { e[3]!.stream = 'session/b'; }, 'misplaced 4'],
    ['a body that is no JSON', (e) => { e[3]!.body = '{'; }, 'misplaced 4'],
  ])('names %s', (_name, tamper, expected) => {
    const events = chainOf(9);
    tamper(events);
    expect(failure(events)).toBe(expected);
  });
});
