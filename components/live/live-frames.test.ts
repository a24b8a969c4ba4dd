import { describe, expect, it } from 'vitest';
import { eventFrame, joinFrame, readFrame } from './live-frames';

describe('frames of the live socket', () => {
  it('reads what a server of protocol 5 sends', () => {
    expect(readFrame('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":16384}')).toEqual({ kind: 'open', silenceMs: 45_000 });
    expect(readFrame('40/console,{"sid":"b"}')).toEqual({ kind: 'joined' });
    expect(readFrame('44/console,{"message":"Sign in to go on."}')).toEqual({ kind: 'over' });
    expect(readFrame('41/console,')).toEqual({ kind: 'over' });
    expect(readFrame('42/console,["hint",{"topics":["approvals"]}]')).toEqual({ kind: 'event', name: 'hint', body: { topics: ['approvals'] } });
    expect(readFrame('42/console,7["pong",{"serverNow":1}]')).toEqual({ kind: 'event', name: 'pong', body: { serverNow: 1 } });
    expect(readFrame('2')).toEqual({ kind: 'ping' });
  });
  it('makes nothing of anything else', () => {
    for (const text of ['', '6', '42["other namespace"]', '42/console,{"not":"an array"}', '42/console,[', '42/other,["hint"]', '0nonsense', '451-/console,[]']) expect(['nothing', 'over']).toContain(readFrame(text).kind);
  });
  it('writes what such a server reads', () => {
    expect(joinFrame({ ticket: 't' })).toBe('40/console,{"ticket":"t"}');
    expect(eventFrame('ping', { clientNow: 1 })).toBe('42/console,["ping",{"clientNow":1}]');
  });
});
