import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { Server } from 'socket.io';
import { io as connect, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeRoles, deactivatePerson, issueLiveTicket, signIn } from '@/lib/access';
import { asPerson, consoleContext, makePerson, PASSWORD, useConsoleDatabase } from '@/lib/access/testing';
import { sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { serveBrowsers } from './browser-namespace';

useConsoleDatabase();

const http = createServer();
const server = new Server(http, { serveClient: false });
const open: Socket[] = [];
let serving: Awaited<ReturnType<typeof serveBrowsers>>;
beforeAll(async () => {
  serving = await serveBrowsers(server, pino({ level: 'silent' }));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
});
afterAll(async () => {
  for (const socket of open) socket.close();
  await serving.stop();
  await server.close();
});

async function browserOf(person: Awaited<ReturnType<typeof makePerson>>): Promise<Socket> {
  const opened = await signIn(consoleContext(), { email: person.email, password: PASSWORD });
  if (opened.kind !== 'opened') throw new Error('no sign-in');
  const { ticket } = await issueLiveTicket(consoleContext(), opened.signInId);
  const socket = connect(`http://127.0.0.1:${(http.address() as AddressInfo).port}/console`, { auth: { ticket }, transports: ['websocket'], reconnection: false });
  open.push(socket);
  await once(socket as never, 'connect');
  return socket;
}

describe('a browser’s live connection', () => {
  it('closes at once when its person is deactivated, and nobody else’s does', async () => {
    const admin = await makePerson(['admin']);
    const person = await makePerson(['analyst']);
    const [theirs, other] = [await browserOf(person), await browserOf(admin)];
    const ended = once(theirs as never, 'disconnect');
    await deactivatePerson(asPerson(admin), person.id);
    expect(await ended).toEqual(['io server disconnect', undefined]);
    const hinted = once(other as never, 'hint') as Promise<[{ topics: string[] }]>;
    await changeRoles(asPerson(admin), { personId: (await makePerson(['viewer'])).id, roles: ['analyst'] });
    expect((await hinted)[0].topics).toContain('people');
    expect(other.connected).toBe(true);
  });

  it('tells those who look at one card of one another by name, each person once, and of nobody who left or looks elsewhere', async () => {
    const [ada, eve] = [await makePerson(['analyst']), await makePerson(['viewer'])];
    const [first, again, other] = [await browserOf(ada), await browserOf(ada), await browserOf(eve)];
    const said = new Map<Socket, { approvalId: string; names: string[] }[]>([first, again, other].map((socket) => [socket, []]));
    for (const [socket, heard] of said) socket.on('presence', (body: { approvalId: string; names: string[] }) => heard.push(body));
    const [card, elsewhere] = [newId(), newId()];
    const last = (socket: Socket) => said.get(socket)!.at(-1);
    first.emit('look', { approvalId: card });
    again.emit('look', { approvalId: card });
    // Oneself on another page is nobody else.
    await expect.poll(() => [last(first), last(again)]).toEqual([{ approvalId: card, names: [] }, { approvalId: card, names: [] }]);
    other.emit('look', { approvalId: card });
    await expect.poll(() => [first, again, other].map((socket) => last(socket)?.names)).toEqual([['Ada'], ['Ada'], ['Ada']]);
    other.emit('look', { approvalId: elsewhere });
    await expect.poll(() => [last(first), last(other)]).toEqual([{ approvalId: card, names: [] }, { approvalId: elsewhere, names: [] }]);
    other.emit('look', { approvalId: card });
    await expect.poll(() => last(first)?.names).toEqual(['Ada']);
    other.close();
    await expect.poll(() => last(first)?.names).toEqual([]);
    // What is no id is taken for looking at nothing.
    for (const bad of [null, 'x', { approvalId: "'; DROP TABLE approval" }, { approvalId: 7 }]) first.emit('look', bad);
    first.emit('look', { approvalId: card });
    await expect.poll(() => last(first)).toEqual({ approvalId: card, names: [] });
    expect(first.connected).toBe(true);
  });

  it('is at the last card it named, however fast it ran past the others', async () => {
    const [ada, eve] = [await makePerson(['analyst']), await makePerson(['viewer'])];
    const [runs, stays, rests] = [await browserOf(ada), await browserOf(eve), await browserOf(eve)];
    const last = new Map<Socket, { approvalId: string; names: string[] }>();
    for (const socket of [runs, stays, rests]) socket.on('presence', (body: { approvalId: string; names: string[] }) => last.set(socket, body));
    const [passed, rested] = [newId(), newId()];
    stays.emit('look', { approvalId: passed });
    rests.emit('look', { approvalId: rested });
    await expect.poll(() => [last.get(stays)?.approvalId, last.get(rests)?.approvalId]).toEqual([passed, rested]);
    for (let i = 0; i < 300; i++) runs.emit('look', { approvalId: newId() });
    runs.emit('look', { approvalId: passed });
    runs.emit('look', { approvalId: rested });
    await expect.poll(() => last.get(rests)).toEqual({ approvalId: rested, names: ['Ada'] });
    await expect.poll(() => last.get(runs)).toEqual({ approvalId: rested, names: ['Ada'] });
    await expect.poll(() => last.get(stays)).toEqual({ approvalId: passed, names: [] });
    // Nor is it told of any card but that one.
    expect([...server.of('/console').adapter.rooms].flatMap(([room, sockets]) => (room.startsWith('looking:') && sockets.has(runs.id!) ? [room] : []))).toEqual([`looking:${rested}`]);
  });

  it('is told of a hundred others as a hundred, and in a few messages', async () => {
    const socket = await browserOf(await makePerson(['analyst']));
    const heard: string[][] = [];
    socket.on('presence', ({ names }: { names: string[] }) => heard.push(names));
    const card = newId();
    socket.emit('look', { approvalId: card });
    await expect.poll(() => heard.length).toBeGreaterThan(0);
    const others = Array.from({ length: 100 }, (_, i) => ({ approvalId: card, socket: `s${i}`, personId: newId(), name: `Person ${i}`, gone: false }));
    await sql.rows(`SELECT pg_notify('cs_presence', one)::text FROM unnest($1::text[]) AS one`, [others.map((one) => JSON.stringify(one))]);
    await expect.poll(() => heard.at(-1)?.length).toBe(100);
    expect(heard.at(-1)!.slice(0, 2)).toEqual(['Person 0', 'Person 1']);
    expect(heard.length).toBeLessThan(20);
  });
});
