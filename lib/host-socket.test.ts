import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostSocketPath, listenOnSocket, type SocketName } from './host-socket';

const mode = (file: string) => statSync(file).mode & 0o777;
let dataDir: string;
const servers: ReturnType<typeof createServer>[] = [];
beforeEach(() => { dataDir = mkdtempSync(path.join(tmpdir(), 'countersign-')); });
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  rmSync(path.dirname(hostSocketPath(dataDir, 'worker')), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
});

function listen(name: SocketName = 'worker'): Promise<string> {
  const server = createServer();
  servers.push(server);
  return listenOnSocket(server, dataDir, name);
}

describe('the socket of the host', () => {
  it('leaves the mode of DATA_DIR as it is, also of one in the temporary folder: Postgres of another user passes through', async () => {
    chmodSync(dataDir, 0o711);
    const file = await listen();
    expect(path.dirname(file)).toBe(dataDir);
    expect(mode(dataDir)).toBe(0o711);
    expect(mode(file)).toBe(0o600);
  });

  it('closes the folder of its own that it uses where DATA_DIR is too long', async () => {
    dataDir = path.join(dataDir, 'x'.repeat(100));
    mkdirSync(dataDir);
    const folder = path.dirname(hostSocketPath(dataDir, 'worker'));
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    await listen();
    expect(mode(folder)).toBe(0o700);
  });

  it('does not take the place of one that lives, and takes that of one that is dead', async () => {
    await listen();
    await expect(listen()).rejects.toThrow('Another process answers');
    await new Promise((resolve) => servers[0]!.close(resolve));
    await expect(listen()).resolves.toContain('worker.sock');
  });

  it('clears away what replicas left that were killed, and nobody else\'s', async () => {
    const { pid: gone } = spawnSync(process.execPath, ['-e', '']);
    for (const name of [`keys-gateway-${gone}`, `keys-worker-${gone}`, `keys-gateway-${process.ppid}`, 'keys-gateway-x']) writeFileSync(path.join(dataDir, `${name}.sock`), '');
    // Somebody who answers under a number that is nobody's here: a replica in another container.
    await listen(`keys-gateway-${gone + 1_000_000}`);
    await listen(`keys-gateway-${process.pid}`);
    expect(readdirSync(dataDir).toSorted()).toEqual([`keys-gateway-${gone + 1_000_000}.sock`, `keys-gateway-${process.pid}.sock`, `keys-gateway-${process.ppid}.sock`, 'keys-gateway-x.sock', `keys-worker-${gone}.sock`].toSorted());
  });
});
