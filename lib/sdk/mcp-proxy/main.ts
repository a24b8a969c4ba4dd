import type { Readable, Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { AgentClient } from '../agent-client';
import { CountersignError, InvalidRequest } from '../errors';
import { ChildServer } from './child-server';
import { loadConfig, type ProxyConfig } from './config';
import { ProxySession } from './proxy-session';
import { registryFragment } from './registry-fragment';
import { serveHttp } from './serve-http';
import { toolTable } from './tool-table';

export type ProxyIo = { stdin: Readable; stdout: Writable; stderr: Writable; env: Record<string, string | undefined>; /** Ends the proxy. */ signal: AbortSignal };

const usage = `countersign mcp-proxy [--http] CONFIG           serve the MCP servers of CONFIG, each call decided first (stdio, or streamable HTTP)
countersign mcp-proxy --print-registry CONFIG   print their tools as registry entries, to be read and put into a policy change
`;

/** Runs the proxy until its client, or the signal, ends it. Returns an exit code: 0 ended well, 1 failed, 2 called wrongly. Only MCP goes to stdout. */
export async function runMcpProxy(argv: readonly string[], io: ProxyIo): Promise<number> {
  const log = (line: string) => { io.stderr.write(`countersign mcp-proxy: ${line}\n`); };
  let options: { http?: boolean; 'print-registry'?: boolean; help?: boolean };
  let positionals: string[];
  try {
    ({ values: options, positionals } = parseArgs({ args: [...argv], allowPositionals: true, options: { http: { type: 'boolean' }, 'print-registry': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } }));
  } catch (error) {
    io.stderr.write(`${(error as Error).message}\n${usage}`);
    return 2;
  }
  if (options.help) {
    io.stdout.write(usage);
    return 0;
  }
  const [file] = positionals;
  if (file === undefined || positionals.length !== 1) {
    io.stderr.write(usage);
    return 2;
  }
  try {
    const config = await loadConfig(file, io.env);
    if (options['print-registry']) await printRegistry(config, io.stdout, log);
    else await serve(config, options.http === true, io, log);
    return 0;
  } catch (error) {
    log(error instanceof CountersignError ? error.message : ((error as Error).stack ?? String(error)));
    return error instanceof InvalidRequest ? 2 : 1;
  }
}

async function printRegistry(config: ProxyConfig, stdout: Writable, log: (line: string) => void): Promise<void> {
  const children = Object.entries(config.servers).map(([name, child]) => new ChildServer(name, child, log));
  try {
    const tables = await Promise.all(children.map(async (child) => ({ server: child.server, config: child.config, tools: await child.listTools() })));
    stdout.write(`${JSON.stringify({ tools: registryFragment(toolTable(tables).values(), config.servers) }, null, 2)}\n`);
  } finally {
    await Promise.all(children.map((child) => child.close()));
  }
}

async function serve(config: ProxyConfig, overHttp: boolean, io: ProxyIo, log: (line: string) => void): Promise<void> {
  const client = await connect(config, io.env);
  client.on('connection', (change) => log(change.state === 'up' ? 'connected to the gateway' : `lost the gateway${change.why ? `: ${change.why.message}` : ''}; calls are refused until it is back`));
  client.on('orderRefused', ({ event, why }) => log(`a ${event} order was not obeyed (${why}): is the control pin right?`));
  try {
    // What a former run of this instance left open has no MCP client any more.
    await Promise.all(client.sessions.map((session) => session.close('abandoned').catch(() => {})));
    const open = () => new ProxySession(client, config, log);
    if (overHttp) {
      const server = await serveHttp(config.http ?? { host: '127.0.0.1', port: 0, path: '/mcp', allowedOrigins: [], maxSessions: 16 }, open, log);
      log(`serving ${server.url}`);
      await ended(io.signal);
      await server.close();
    } else {
      const session = open();
      const transport = new StdioServerTransport(io.stdin as never, io.stdout as never);
      const closed = new Promise<void>((resolve) => { session.mcp.onclose = resolve; io.stdin.once('end', resolve); io.stdin.once('close', resolve); });
      await session.mcp.connect(transport);
      await Promise.race([closed, ended(io.signal)]);
      await session.close();
    }
  } finally {
    await client.close();
  }
}

function connect(config: ProxyConfig, env: ProxyIo['env']): Promise<AgentClient> {
  const { gateway, instance, stateFile } = config;
  const url = gateway.url ?? env.COUNTERSIGN_URL;
  const clientId = gateway.clientId ?? env.COUNTERSIGN_CLIENT_ID;
  const clientSecret = gateway.clientSecret ?? env.COUNTERSIGN_CLIENT_SECRET;
  const controlPin = gateway.controlPin ?? env.COUNTERSIGN_CONTROL_PIN;
  if (!url || !clientId || !clientSecret) throw new InvalidRequest('Who this proxy is and where the gateway is has to be said: set COUNTERSIGN_URL, COUNTERSIGN_CLIENT_ID and COUNTERSIGN_CLIENT_SECRET, or "gateway" in the configuration.');
  return AgentClient.connect({
    url, clientId, clientSecret,
    instance: { name: instance.name, ...(instance.id === undefined ? {} : { id: instance.id }) },
    ...(controlPin ? { controlPin } : {}), ...(stateFile === undefined ? {} : { stateFile }),
  });
}

const ended = (signal: AbortSignal) => new Promise<void>((resolve) => {
  if (signal.aborted) resolve();
  signal.addEventListener('abort', () => resolve());
});
