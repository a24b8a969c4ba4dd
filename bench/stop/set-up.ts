import { generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { createServiceAccount, createToken } from '@/lib/access';
import { createAgent } from '@/lib/agents';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma, sql } from '@/lib/db';
import { freePort } from '@/lib/db/embedded-postmaster';
import { readLocalSecrets } from '@/lib/db/local-secrets';
import { thumbprint } from '@/lib/protocol/ed25519-key';
import { FileKeys } from '@/lib/signing';
import { createSupervisorKey } from '@/lib/supervisors';
import { createControlKey } from '@/lib/switches';
import { startInstallation } from '../kill/installation';
import { startChild } from '../stage/child';
import { builtServer } from '../stage/stage';
import type { Place } from './fleet';
import type { Door, DoorName } from './press';

export type SetUp = Awaited<ReturnType<typeof setUp>>;

/**
 * Everything as `npm start` runs it with its defaults, and a second gateway beside the first: the same build, database, keys and public
 * address, as two behind one load balancer. One agent with a key of its own, and a control key that stops every scope.
 */
export async function setUp(execArgv: string[] = []) {
  const installation = await startInstallation(['--enable-source-maps', builtServer()], ['console', 'gateway', 'worker', 'control', 'postgres']);
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops) await one();
    await installation.stop(true);
  };
  try {
    const { dataDir, url } = installation;
    const port = await freePort();
    const second = await startChild(builtServer(), ['gateway'], {
      DATABASE_URL: gatewayUrl(installation.ownerUrl(), dataDir), MIGRATION_DATABASE_URL: '', DATA_DIR: dataDir, PORT: String(port), HOST: '127.0.0.1', PUBLIC_URL: url, CONSOLE_UPSTREAM: '', CONTROL_URLS: installation.controlUrl,
    }, execArgv);
    stops.push(() => second.stop());
    const gateways = [url, `http://127.0.0.1:${port}`];
    const { agent, key, controlKey, token, supervised } = await enter(installation.ownerUrl());
    const pin = [...new FileKeys({ folder: path.join(dataDir, 'keys'), holds: [] }).verificationKeys('control/order').values()].map(({ jwk }) => jwk.x).join(',');
    const place: Place = { gateways, ...agent, key, pin };
    return {
      place, supervised, controlUrl: installation.controlUrl, dataDir,
      doors: { control: { url: new URL('/v1/switches/engage', installation.controlUrl).href, bearer: controlKey }, console: { url: `${url}/api/v1/switches`, bearer: token } } satisfies Record<DoorName, Door>,
      databaseUrl: installation.databaseUrl(), stop, second,
      pids: { gateway1: installation.pidOf('gateway')!, gateway2: second.pid, control: installation.pidOf('control')!, postgres: installation.pidOf('postgres')! },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function gatewayUrl(ownerUrl: string, dataDir: string): string {
  const url = new URL(ownerUrl);
  url.username = 'countersign_gateway';
  url.password = readLocalSecrets(dataDir).roles.gateway ?? '';
  return url.href;
}

async function enter(ownerUrl: string) {
  process.env.DATABASE_URL = ownerUrl;
  try {
    const host = makeContext({ kind: 'host', user: 'bench' });
    const { clientId, clientSecret } = await createAgent(host, { name: 'fleet', capabilities: ['ticket_system', 'http'].map((toolset) => ({ toolset, operations: ['*'], scope: '**' })) });
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' });
    const kid = thumbprint(jwk.x!);
    await sql.rows('INSERT INTO agent_key (agent_id, kid, jwk) VALUES ($1, $2, $3)', [clientId, kid, JSON.stringify({ ...jwk, kid })]);
    const { key: controlKey } = await createControlKey(host, { name: 'bench', scopes: ['session', 'instance', 'agent', 'class', 'global'] });
    const account = await createServiceAccount(host, { name: 'bench', description: '', roles: ['admin'] });
    const { token } = await createToken(host, { name: 'bench', serviceAccountId: account.id });
    const apart = await createAgent(host, { name: 'supervised', capabilities: [{ toolset: 'ticket_system', operations: ['*'], scope: '**' }] });
    const { key: supervisorKey } = await createSupervisorKey(host, { agent: apart.clientId, name: 'bench' });
    return { token, supervised: { clientId: apart.clientId, clientSecret: apart.clientSecret, key: supervisorKey }, agent: { clientId, clientSecret }, key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string, controlKey };
  } finally {
    await closePrisma();
    await closePools();
  }
}
