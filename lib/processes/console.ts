import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import next from 'next';
import { Server } from 'socket.io';
import { closePools, closePrisma } from '@/lib/db';
import { env } from '@/lib/env';
import { CONSOLE_KEEPS_MS } from '@/lib/front/rules';
import { keepKeys, sealedCredentials } from '@/lib/keys';
import { makeLogger } from '@/lib/logger';
import { projectRoot } from '@/lib/project-root';
import { FileKeys } from '@/lib/signing';
import { sameHost, serveBrowsers } from '@/lib/socket';
import type { RunningProcess } from './process-names';

/** The console: pages and REST by Next, and the browsers' live socket beside it. No agent's action passes through here. */
export async function run(): Promise<RunningProcess> {
  const settings = env();
  const logger = makeLogger('console');
  const upstream = settings.consoleUpstream ? new URL(settings.consoleUpstream) : undefined;
  const hostname = upstream?.hostname ?? settings.host;
  const port = upstream ? Number(upstream.port) : settings.port;
  const server = http.createServer();
  server.keepAliveTimeout = CONSOLE_KEEPS_MS;
  // Without this, Next keeps a process alive that could not have its port.
  server.once('error', (error) => { logger.fatal({ err: error }, 'the console could not listen'); process.exit(1); });

  const io = new Server(server, {
    path: '/live/', transports: ['websocket'], serveClient: false, perMessageDeflate: false, destroyUpgrade: false, maxHttpBufferSize: 16 * 1024,
    // A page of another site can open a socket with our visitor's cookies; without our own Origin it gets no further.
    allowRequest: (request, done) => done(null, sameHost(request.headers.origin, request.headers.host)),
  });
  const browsers = await serveBrowsers(io, logger);
  const app = next({ dev: settings.dev, dir: projectRoot(), hostname, port, httpServer: server });
  await app.prepare();
  const handle = app.getRequestHandler();
  server.on('request', (request, response) => {
    if ((request.url ?? '').startsWith('/live/')) return;
    void handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(port, hostname, resolve));
  const kept = await keepKeys({
    // With AUTH_SECRET in the environment there is no file of ours to rotate.
    process: 'console', names: settings.authSecret ? ['credential-wrapping'] : ['credential-wrapping', 'auth'],
    keys: new FileKeys({ folder: path.join(settings.dataDir, 'keys'), holds: [], secrets: ['credential-wrapping', 'auth'] }),
    lives: { tokenMs: settings.tokenSeconds * 1_000, leaseMs: settings.leaseMs }, needs: { 'credential-wrapping': sealedCredentials },
  }, settings.dataDir, logger);
  logger.info({ port }, 'people may come in');

  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      await kept.stop();
      await browsers.stop();
      await new Promise<void>((resolve) => void io.close(() => resolve()));
      await app.close();
      await closePrisma();
      await closePools();
    },
  };
}
