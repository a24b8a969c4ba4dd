import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callOut, checkedAddress, OutboundRefusal } from './call-out';
import { isPublicAddress, mayCall } from './rules';

let server: http.Server;
let port: number;
const seen: string[] = [];
beforeAll(async () => {
  server = http.createServer((request, response) => {
    seen.push(request.url ?? '');
    if (request.url === '/redirect') response.writeHead(302, { location: '/target' }).end();
    else if (request.url === '/long') response.end('x'.repeat(200_000));
    else if (request.url === '/switch') request.socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    else if (request.url === '/bare') request.socket.end('HTTP/1.1 200 OK\r\n\r\nuntil the end');
    else if (request.url === '/cut') request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc');
    else if (request.url !== '/silent') response.end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => { server.closeAllConnections(); server.close(); });

const inside = { allowLoopback: true };
const outside = { allowLoopback: false };
const why = (call: Promise<unknown>) => call.then(() => 'answered', (error: unknown) => (error instanceof OutboundRefusal ? error.why : String(error)));

describe('addresses', () => {
  it('inside are known in every spelling', () => {
    const refused = ['10.1.2.3', '172.16.0.1', '192.168.1.1', '127.0.0.1', '169.254.169.254', '100.64.0.1', '100.100.100.200', '0.0.0.0', '224.0.0.1', '255.255.255.255', '168.63.129.16', '198.18.0.1',
      '::1', '::', 'fe80::1', 'fd00:ec2::254', 'ff02::1', '::ffff:10.0.0.1', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '2002:a00:1::1', '2001::1', 'nonsense'];
    expect(refused.filter(isPublicAddress)).toEqual([]);
    expect(['8.8.8.8', '93.184.215.14', '2606:4700::1111', '64:ff9b::808:808', '::ffff:8.8.8.8'].filter((one) => !isPublicAddress(one))).toEqual([]);
    expect(['127.0.0.1', '::1'].every((one) => mayCall(one, inside))).toBe(true);
    expect(mayCall('10.0.0.1', inside)).toBe(false);
    const operators = { allowLoopback: false, allowInside: true };
    expect(['10.0.0.1', '192.168.1.1', 'fd12::1', '8.8.8.8'].every((one) => mayCall(one, operators))).toBe(true);
    expect(['169.254.169.254', 'fe80::1', '::ffff:169.254.169.254', '127.0.0.1', '0.0.0.0', '168.63.129.16'].filter((one) => mayCall(one, operators))).toEqual([]);
  });
});

describe('callOut', () => {
  it('calls, and answers with status and text', async () => {
    expect(await callOut({ url: `http://127.0.0.1:${port}/`, method: 'POST', body: '{}', rules: inside })).toMatchObject({ status: 200, text: 'hello' });
    expect(await callOut({ url: `http://localhost:${port}/`, method: 'GET', rules: inside })).toMatchObject({ status: 200 });
  });

  it('refuses what leads inside, by literal and by name, before anything is sent', async () => {
    seen.length = 0;
    const urls = [`https://127.0.0.1:${port}/`, `https://localhost:${port}/`, `https://[::1]:${port}/`, 'https://169.254.169.254/latest', 'https://2130706433/', 'https://0x7f.1/', `http://localhost:${port}/`, 'file:///etc/passwd', `https://user:pw@localhost:${port}/`, 'nonsense'];
    expect(await Promise.all(urls.map((url) => why(callOut({ url, method: 'POST', body: '{}', rules: outside }))))).toEqual(urls.map(() => 'address'));
    expect(seen).toEqual([]);
  });

  it('without TLS leaves this machine for nothing that the operator did not name', async () => {
    expect([mayCall('8.8.8.8', inside, true), mayCall('127.0.0.1', inside, true), mayCall('8.8.8.8', { allowLoopback: true, allowInside: true }, true), mayCall('10.0.0.1', { allowLoopback: true, allowInside: true }, true)]).toEqual([false, true, true, true]);
    expect(await why(callOut({ url: 'http://93.184.215.14/', method: 'POST', body: '{}', timeoutMs: 500, rules: inside }))).toBe('address');
    expect(await checkedAddress('93.184.215.14', inside, true).catch((error: unknown) => String(error))).toContain('without TLS');
  });

  it('always ends, also where a receiver switches protocols unasked or breaks off', async () => {
    expect(await Promise.all(['switch', 'cut'].map((path) => why(callOut({ url: `http://127.0.0.1:${port}/${path}`, method: 'POST', rules: inside }))))).toEqual(['network', 'network']);
    expect(await callOut({ url: `http://127.0.0.1:${port}/bare`, method: 'GET', rules: inside })).toMatchObject({ status: 200, text: 'until the end' });
  });

  it('follows no redirect, and ends what is too long or too slow', async () => {
    seen.length = 0;
    expect(await callOut({ url: `http://127.0.0.1:${port}/redirect`, method: 'POST', rules: inside })).toMatchObject({ status: 302 });
    expect(seen).toEqual(['/redirect']);
    expect(await why(callOut({ url: `http://127.0.0.1:${port}/long`, method: 'GET', rules: inside }))).toBe('too_long');
    expect(await why(callOut({ url: `http://127.0.0.1:${port}/silent`, method: 'GET', timeoutMs: 100, rules: inside }))).toBe('timeout');
    expect(await why(callOut({ url: `http://127.0.0.1:1/`, method: 'GET', rules: inside }))).toBe('network');
  });
});
