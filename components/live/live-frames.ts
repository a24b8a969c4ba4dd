/** What a frame of the live socket says, as far as a page needs it. */
export type LiveFrame =
  | { kind: 'open'; silenceMs: number }
  | { kind: 'joined' }
  | { kind: 'event'; name: string; body: unknown }
  | { kind: 'ping' }
  | { kind: 'over' }
  | { kind: 'nothing' };

const namespace = '/console';

/**
 * Reads Socket.IO's protocol 5 over Engine.IO 4, text frames of one namespace. The library that speaks all of it would be a tenth
 * of what a phone may load for an approval; this page needs a join, two events and the heartbeat.
 */
export function readFrame(text: string): LiveFrame {
  if (text === '2') return { kind: 'ping' };
  if (text.startsWith('1')) return { kind: 'over' };
  if (text.startsWith('0')) {
    const { pingInterval, pingTimeout } = (parse(text.slice(1)) ?? {}) as { pingInterval?: unknown; pingTimeout?: unknown };
    return typeof pingInterval === 'number' && typeof pingTimeout === 'number' ? { kind: 'open', silenceMs: pingInterval + pingTimeout } : { kind: 'over' };
  }
  const packet = /^4([0-4])\/console,(\d*)(.*)$/s.exec(text);
  if (!packet) return { kind: 'nothing' };
  const [, type, , data] = packet;
  if (type === '0') return { kind: 'joined' };
  if (type === '1' || type === '4') return { kind: 'over' };
  const event = type === '2' ? parse(data ?? '') : undefined;
  return Array.isArray(event) && typeof event[0] === 'string' ? { kind: 'event', name: event[0], body: event[1] } : { kind: 'nothing' };
}

export const joinFrame = (auth: object) => `40${namespace},${JSON.stringify(auth)}`;
export const eventFrame = (name: string, body: object) => `42${namespace},${JSON.stringify([name, body])}`;
export const pongFrame = '3';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
