import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RefusedValue } from '@/lib/protocol/refused-value';
import { checkJsonValue } from '@/lib/protocol/strict-json';
import { strictParser } from './strict-parser';

/** What comes out for these frames. */
function decode(...frames: unknown[]): { type: number; nsp: string; id?: number; data: unknown }[] {
  const packets: { type: number; nsp: string; id?: number; data: unknown }[] = [];
  const decoder = new strictParser.Decoder();
  decoder.on('decoded', (packet) => packets.push(packet as never));
  for (const frame of frames) decoder.add(frame);
  return packets;
}

describe('the reader of packets', () => {
  it('hands on what any value says, as it is', () => {
    fc.assert(fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), fc.nat(), (body, id) => {
      const sent = JSON.parse(JSON.stringify(body)) as unknown;
      expect(decode(`2/agent,${id}${JSON.stringify(['input.add', body])}`)).toEqual([{ type: 2, nsp: '/agent', id, data: ['input.add', sent] }]);
    }));
  });

  it.each([
    ['at the top', '{"a":1,"a":2}', '/a'],
    ['behind an escape', '{"a":1,"\\u0061":2}', '/a'],
    ['deep inside', '{"args":{"rows":[{"x":1},{"to":"a","to":"b"}]}}', '/args/rows/1/to'],
    ['with the same value', '{"to":"a","to":"a"}', '/to'],
  ])('puts a refused value where a key stands twice: %s', (_where, body, path) => {
    const [packet] = decode(`2/agent,7["action.request",${body}]`);
    expect(packet).toMatchObject({ type: 2, nsp: '/agent', id: 7, data: ['action.request', expect.any(RefusedValue)] });
    expect(checkJsonValue((packet!.data as unknown[])[1])).toEqual({ ok: false, issues: [{ path, message: 'appears twice' }] });
  });

  it('does so for the handshake and for what a client acknowledges', () => {
    expect(decode('0/agent,{"token":"a","token":"b"}')[0]!.data).toEqual(new RefusedValue('/token', 'appears twice'));
    expect(decode('3/agent,1[{"stopped":[],"stopped":["x"]}]')[0]!.data).toEqual([new RefusedValue('/stopped', 'appears twice')]);
  });

  it('refuses what came in several frames, whatever it was', () => {
    expect(decode('51-/agent,9["input.add",{"a":1,"a":2}]', Buffer.from('x'))[0]!.data).toEqual(['input.add', new RefusedValue('', 'is not a JSON value')]);
  });

  it('leaves to others what is far too deep, and does not fall over it', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const [packet] = decode(`2/agent,1["input.add",${deep}]`);
    expect(checkJsonValue((packet!.data as unknown[])[1])).toMatchObject({ ok: false, issues: [{ message: expect.stringContaining('deeper') }] });
  });

  it('throws for what is no packet, as socket.io expects', () => {
    expect(() => decode('nonsense')).toThrow();
    expect(() => decode('2/agent,{"not":"an event"}')).toThrow();
  });
});
