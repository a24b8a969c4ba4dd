// Rotates every key that is in use under load, and counts what honest clients were refused: nothing may be.
import path from 'node:path';
import { createAgent } from '@/lib/agents';
import { makeContext } from '@/lib/context';
import { closePools, closePrisma } from '@/lib/db';
import { projectRoot } from '@/lib/project-root';
import { AgentClient, redeemPermit, verifyPermit, type SessionHandle } from '@/lib/sdk';
import { commandLine } from '@/lib/testing/running-worker';
import { startInstallation } from './kill/installation';
import { aimed, figureOf } from './report/figures';
import { finish, numberOption, table } from './report/print';

const rate = numberOption('rate', 200);
const agents = numberOption('agents', 20);
const TOKEN_SECONDS = 20;
const entry = process.env.COUNTERSIGN_BUILT ?? path.join(projectRoot(), 'dist', 'server.js');
const toolset = 'ticket_system';

const counts = { asked: 0, allowed: 0, redeemed: 0, checked: 0, limited: 0, refused: {} as Record<string, number> };
const refuse = (what: string) => { counts.refused[what] = (counts.refused[what] ?? 0) + 1; };
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

// Lives as short as they may be, so that tokens and permits of the old keys end within the bench.
Object.assign(process.env, { TOKEN_SECONDS: String(TOKEN_SECONDS), LEASE_MS: '10000' });
const installation = await startInstallation(['--enable-source-maps', entry], ['control', 'gateway', 'worker']);
const { url, dataDir } = installation;
const cli = async (...argv: string[]) => {
  const said = await commandLine([...argv, '--json'], { ...process.env, DATA_DIR: dataDir, DATABASE_URL: '' });
  if (said.code !== 0) throw new Error(`countersign ${argv.join(' ')}: ${said.out}${said.err}`);
  return said.json;
};
const clients: AgentClient[] = [];
try {
  process.env.DATABASE_URL = installation.ownerUrl();
  const { clientId, clientSecret } = await createAgent(makeContext({ kind: 'host', user: 'bench' }), { name: 'rotating', capabilities: [{ toolset, operations: ['*'], scope: '**' }] });
  await closePrisma();
  await closePools();
  const controlPin = String((await cli('keys', 'show', 'control')).key);
  const token = async () => ((await (await fetch(`${url}/api/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }) })).json()) as { access_token: string }).access_token;

  const sessions: SessionHandle[] = [];
  for (let i = 0; i < agents; i++) {
    const client = await AgentClient.connect({ url, clientId, clientSecret, controlPin, instance: { name: `rotating ${i}` } });
    client.on('connection', ({ state }) => { if (state === 'down' && !ending) refuse('a connection was ended'); });
    clients.push(client);
    sessions.push(await client.openSession({ purpose: 'Work through a rotation' }));
  }
  let ending = false;
  let underWay = 0;
  let lastPermit: { permit: string; args: { ticketId: string; comment: string } } | undefined;
  async function act(n: number): Promise<void> {
    const call = { tool: 'update_ticket', args: { ticketId: `T-${1_000 + (n % 9_000)}`, comment: `Looked at it again (${n}).` } };
    counts.asked++;
    underWay++;
    try {
      const decision = await sessions[n % sessions.length]!.requestAction(call);
      if (decision.decision !== 'allow' || !decision.permit) {
        if (/limit|budget/.test(decision.code)) counts.limited++;
        else refuse(`decision ${decision.decision} ${decision.code}`);
        return;
      }
      counts.allowed++;
      lastPermit = { permit: decision.permit, args: call.args };
      await verifyPermit(decision.permit, { issuer: url, audience: toolset, ...call, redeem: 'optional' });
      counts.checked++;
      await redeemPermit(decision.permit, { url, ...call });
      counts.redeemed++;
    } catch (error) {
      refuse(`${(error as Error).name} ${(error as { code?: string; reason?: string }).code ?? ''}: ${(error as Error).message.slice(0, 80)}`);
    } finally {
      underWay--;
    }
  }
  let n = 0, due = 0, before = performance.now();
  const ticking = setInterval(() => {
    const now = performance.now();
    due += ((now - before) * rate) / 1_000;
    before = now;
    for (; due >= 1; due--) if (underWay < 2_000) void act(n++);
  }, 20);
  const from = Date.now();
  await wait(3_000);
  console.log(`${agents} agents at work at ${rate} actions a second; tokens live ${TOKEN_SECONDS} s.`);

  const oldToken = await token();
  const rotated: Record<string, { kid: string; overlapUntil: string }> = {};
  for (const [name, overlap] of [['agent-token', `${TOKEN_SECONDS}s`], ['permit', '10s'], ['control', '0s'], ['checkpoint', '0s'], ['payload-wrapping', '0s']] as const) {
    rotated[name] = (await cli('keys', 'rotate', name, '--overlap', overlap)) as { kid: string; overlapUntil: string };
    console.log(`  ${((Date.now() - from) / 1_000).toFixed(0).padStart(3)} s  ${name} rotated, the old one lives until ${rotated[name].overlapUntil}`);
  }
  const oldPermit = lastPermit!;
  // What both pins know is stopped and released while two control keys live, and after the old one has ended.
  await cli('keys', 'rewrap');
  await cli('keys', 'retire', 'payload-wrapping', '--now');
  await cli('keys', 'retire', 'control', '--now');

  const until = Math.max(Date.parse(rotated['agent-token']!.overlapUntil), Date.parse(rotated.permit!.overlapUntil));
  while (Date.now() < until + 2_000) await wait(200);
  const answered = await fetch(`${url}/api/v1/permits/redeem`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ permit: oldPermit.permit, tool: 'update_ticket', args: oldPermit.args }) });
  const permitRefused = answered.status === 400;
  const fresh = await AgentClient.connect({ url, clientId, clientSecret, controlPin, instance: { name: 'late' } }).then((client) => client.close().then(() => 'a fresh one holds'), (error: Error) => error.message);
  const oldTokenRefused = await refusesToken(oldToken);
  await wait(3_000);
  clearInterval(ticking);
  while (underWay > 0) await wait(50);
  ending = true;
  const seconds = (Date.now() - from) / 1_000;

  const file = path.join(dataDir, 'export');
  await cli('log', 'export', '--out', file);
  const verified = await commandLine(['verify', file, '--key', String((await cli('keys', 'show', 'checkpoint')).key), '--json'], { ...process.env, DATA_DIR: dataDir, DATABASE_URL: '' });
  const refused = Object.values(counts.refused).reduce((sum, count) => sum + count, 0);
  console.log(`\n${table(['in ' + seconds.toFixed(0) + ' s', ''], [['asked', counts.asked], ['allowed', counts.allowed], ['permits checked offline', counts.checked], ['permits redeemed', counts.redeemed], ['beyond a limit', counts.limited], ['honest and refused', refused]])}`);
  for (const [what, count] of Object.entries(counts.refused)) console.log(`  ${count} × ${what}`);
  console.log(`A new agent afterwards: ${fresh}. The log over the rotation: ${String(verified.json.sentence)}\n`);
  finish('rotate', [
    aimed(figureOf('honest requests refused', '', [refused]), '0', refused === 0),
    aimed(figureOf('old token refused after its overlap', '', [oldTokenRefused ? 1 : 0]), '1', oldTokenRefused),
    aimed(figureOf('old permit refused after its overlap', '', [permitRefused ? 1 : 0]), '1', permitRefused),
    aimed(figureOf('log verified over the rotation', '', [verified.code === 0 ? 1 : 0]), '1', verified.code === 0),
    aimed(figureOf('permits redeemed', '', [counts.redeemed]), '> 0', counts.redeemed > 0),
    figureOf('rate', '/s', [counts.asked / seconds]),
  ], { rate, agents });
} finally {
  await Promise.allSettled(clients.map((client) => client.close()));
  await installation.stop(true);
}
process.exit();

/** Whether the gateway lets nobody in with this token any more. */
async function refusesToken(old: string): Promise<boolean> {
  const { io } = await import('socket.io-client');
  const socket = io(`${url}/agent`, { transports: ['websocket'], auth: { protocol: 1, token: old, instance: { id: '019a0000-0000-7000-8000-0000000000aa', name: 'late' } }, reconnection: false, forceNew: true });
  const outcome = await new Promise<string>((resolve) => { socket.once('connect', () => resolve('let in')); socket.once('connect_error', (error) => resolve(error.message)); });
  socket.disconnect();
  return /does not hold/.test(outcome);
}
