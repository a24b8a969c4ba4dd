import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { InTurn } from './in-turn';

describe('requests by turns', () => {
  it('begin in the order in which they came, each once, also those that come while others run', async () => {
    const turns = new InTurn();
    const begun: number[] = [];
    const ask = async (n: number) => { await turns.turn(); begun.push(n); };
    const first = Array.from({ length: 3_000 }, (_, n) => ask(n));
    await new Promise(setImmediate);
    const later = Array.from({ length: 10 }, (_, n) => ask(3_000 + n));
    await Promise.all([...first, ...later]);
    expect(begun).toEqual(Array.from({ length: 3_010 }, (_, n) => n));
    expect(turns.length).toBe(0);
    await ask(3_010);
    expect(begun.at(-1)).toBe(3_010);
  });

  it('let what comes by a socket be heard between two of them', async () => {
    const server = net.createServer((socket) => { socket.on('data', () => socket.write('heard')); }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(client, 'connect');
    // Each request takes a millisecond, ten are a turn.
    let now = 0;
    const turns = new InTurn(10, () => now);
    let begun = 0;
    const all = Promise.all(Array.from({ length: 5_000 }, async () => { await turns.turn(); now += 1; begun += 1; }));
    client.write('there?');
    await once(client, 'data');
    // A few turns of the loop: far from all that waited.
    expect(begun).toBeLessThan(5_000);
    await all;
    expect(begun).toBe(5_000);
    client.destroy();
    server.close();
  });
});
