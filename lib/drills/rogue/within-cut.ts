import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, createServer, isIP } from 'node:net';
import { cutOrdersSchema } from './orders';

/**
 * Runs inside a network namespace of its own: brings up its loopback, leads the addresses of gateway and control through sockets in the
 * file system, which are the only way out, and runs the supervisor. Whoever holds their other end can cut it off.
 */
export async function withinCut(ordersFile: string): Promise<void> {
  const { ends, hostsFile, command } = cutOrdersSchema.parse(JSON.parse(readFileSync(ordersFile, 'utf8')));
  execFileSync('ip', ['link', 'set', 'lo', 'up'], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (hostsFile !== null) execFileSync('mount', ['--bind', hostsFile, '/etc/hosts'], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const { host, port, socket } of ends) {
    // An address is made this machine's own; a name leads to 127.0.0.1 by the hosts file.
    if (isIP(host) && host !== '127.0.0.1') execFileSync('ip', ['addr', 'add', `${host}/32`, 'dev', 'lo'], { stdio: ['ignore', 'ignore', 'inherit'] });
    const server = createServer((inside) => {
      const outside = connect(socket);
      inside.pipe(outside).pipe(inside);
      for (const [one, other] of [[inside, outside], [outside, inside]] as const) { one.on('error', () => other.destroy()); one.on('close', () => other.destroy()); }
    });
    await new Promise<void>((resolve, reject) => { server.once('error', reject); server.listen(port, isIP(host) ? host : '127.0.0.1', resolve); });
  }
  const [file = '', ...rest] = command;
  const child = spawn(file, rest, { stdio: ['inherit', 'inherit', 'inherit', 3] });
  child.once('error', (error) => { console.error(error.message); process.exit(1); });
  child.once('exit', (code) => process.exit(code ?? 1));
}
