import net from 'node:net';

export type DatabaseLink = { url: string; cut(): void; /** From here on nothing that the database answers arrives, until the wire is cut and mended. */ mute(): void; restore(): Promise<void>; stop(): Promise<void> };

/** A wire to a real database that a test can cut and mend: cut, every connection breaks and new ones are refused. */
export async function createDatabaseLink(url: string): Promise<DatabaseLink> {
  const to = new URL(url);
  const open = new Set<net.Socket>();
  const answering = new Map<net.Socket, net.Socket>();
  let server = serve();
  const port = await listen(server, 0);
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(port);

  function serve(): net.Server {
    return net.createServer((near) => {
      const far = net.connect(Number(to.port), to.hostname);
      answering.set(far, near);
      far.on('close', () => answering.delete(far));
      for (const [from, into] of [[near, far], [far, near]] as const) {
        open.add(from);
        from.pipe(into);
        from.on('error', () => into.destroy());
        from.on('close', () => { open.delete(from); into.destroy(); });
      }
    });
  }
  const cut = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return {
    url: through.href,
    cut,
    mute() { for (const [far, near] of answering) { far.unpipe(near); far.resume(); } },
    async restore() { server = serve(); await listen(server, port); },
    async stop() { cut(); },
  };
}

function listen(server: net.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port));
  });
}
