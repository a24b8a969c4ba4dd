import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, isIP, isIPv6, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CutOrders } from './rogue/orders';

/** The way out of a network namespace that has no other: sockets in the file system, led on from here until it is cut. */
export class Bridge {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #cut = false;

  private constructor(readonly ends: CutOrders['ends'], readonly hostsFile: string | null) {}

  /** Leads to these addresses, by their own names, so that certificates and all else stay as they are. */
  static async open(folder: string, addresses: readonly URL[]): Promise<Bridge> {
    const targets = new Map(addresses.map((url) => [url.host, url]));
    const ends = [...targets.values()].map((url, at) => ({ host: url.hostname, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)), socket: path.join(folder, `way-${at}.sock`) }));
    const names = ends.map(({ host }) => host).filter((host) => !isIP(host));
    const hostsFile = names.length > 0 ? path.join(folder, 'hosts') : null;
    if (hostsFile) writeFileSync(hostsFile, `127.0.0.1 localhost ${names.filter((name) => name !== 'localhost').join(' ')}\n`);
    const bridge = new Bridge(ends, hostsFile);
    for (const end of ends) await bridge.#serve(end);
    return bridge;
  }

  /** From here on nothing gets through, either way, and nobody is told so: what was sent is never answered. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) { socket.unpipe(); socket.pause(); }
  }

  close(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.#sockets) socket.destroy();
    for (const { socket } of this.ends) rmSync(socket, { force: true });
  }

  async #serve({ host, port, socket }: CutOrders['ends'][number]): Promise<void> {
    const server = createServer({ pauseOnConnect: true }, (inside) => {
      this.#keep(inside);
      if (this.#cut) return;
      const outside = this.#keep(connect(port, host));
      inside.pipe(outside).pipe(inside);
      for (const [one, other] of [[inside, outside], [outside, inside]] as const) one.on('close', () => { if (!this.#cut) other.destroy(); });
    });
    await new Promise<void>((resolve, reject) => { server.once('error', reject); server.listen(socket, resolve); });
    this.#servers.push(server);
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    return socket;
  }
}

/** What makes a network namespace in which its first process may bring up the loopback. */
export const cutWrapper = ['unshare', '--user', '--map-root-user', '--net', '--mount', '--'];

/** Why somebody cannot be cut off on this machine, or undefined. */
export async function whyNoCut(addresses: readonly URL[]): Promise<string | undefined> {
  if (addresses.some(({ hostname }) => isIPv6(hostname.replace(/^\[|\]$/g, '')))) return 'Gateway or control is named by an IPv6 address, which a network namespace cannot be led to here. Give it a name.';
  try {
    await promisify(execFile)(cutWrapper[0]!, [...cutWrapper.slice(1), 'sh', '-c', 'ip link set lo up && mount --bind /etc/hosts /etc/hosts && unshare --user --map-current-user --pid --fork --kill-child --mount-proc -- true'], { timeout: 5_000 });
    return undefined;
  } catch {
    return 'This machine gives no network namespace within which a supervisor can hold a process (unshare with unprivileged user namespaces, and "ip" of iproute2).';
  }
}
