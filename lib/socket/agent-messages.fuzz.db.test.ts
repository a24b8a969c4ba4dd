import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Decision } from '@/lib/protocol/decision';
import { agentEventSchemas, type AgentEventName } from '@/lib/protocol/agent-events';
import { newId } from '@/lib/protocol/ids';
import { checkJsonValue } from '@/lib/protocol/strict-json';
import { wireErrorCodes, type WireErrorCode } from '@/lib/protocol/wire-error';
import { engageSwitch } from '@/lib/switches';
import { fuzzMessages, placeholder, places, type FuzzMessage, type Place } from '@/lib/testing/message-fuzz';
import { ask, startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';

const COUNT = Number(process.env.FUZZ_MESSAGES ?? 10_000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_120);
const CONNECTIONS = 8;
const AT_ONCE = 24;
const LEASE_MS = 6_000;
/** Words that only somebody inside may read. */
const INSIDE = /node_modules|\.ts:\d|\.js:\d|file:\/\/|\bat [\w.<>]+ \(|\bpg_|relation "|constraint|violates|syntax error at|Prisma|ZodError|TypeError|RangeError|ECONN|Cannot read|is not a function/;

let gateway: TestGateway;
let agent: TestAgent;
let bystander: { marker: string; secrets: string[]; sessionId: string; actionId: string; token: string };
const crashes: unknown[] = [];
const note = (error: unknown) => { crashes.push(error); };

beforeAll(async () => {
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
  gateway = await startTestGateway({ leaseMs: LEASE_MS, link: true });
  agent = await gateway.agent('fuzzed', ['email', 'knowledge_base', 'crm', 'ticket_system', 'payments', 'http', 'files', 'shell'].map((toolset) => ({ toolset, operations: ['*'], scope: '**' })));
  bystander = await someoneElse();
});
afterAll(async () => {
  renewals.forEach(clearInterval);
  await gateway.stop();
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
});

/** An agent that has nothing to do with it, whose every text carries a mark. */
async function someoneElse() {
  const marker = `mark${newId().slice(-12)}`;
  const other = await gateway.agent(`other ${marker}`, [{ toolset: 'ticket_system', operations: ['*'], scope: '**' }]);
  const token = await gateway.token(other);
  const socket = await gateway.connect(token);
  const opened = await ask(socket, 'session.open', { purpose: `purpose ${marker}` });
  const sessionId = opened.session.id;
  await ask(socket, 'input.add', { sessionId, origin: 'document', text: `input ${marker}` });
  const { decision } = await ask(socket, 'action.request', { sessionId, requestId: marker, tool: 'update_ticket', args: { ticketId: 'T-1', comment: `comment ${marker}` } });
  return { marker, secrets: [marker, opened.canary, opened.delimiter, decision.permit!], sessionId, actionId: decision.actionId, token };
}

it(`answers ${COUNT} messages, good and bad, without a crash, a stack or a leak`, { timeout: 600_000 }, async () => {
  const messages = fuzzMessages(COUNT, SEED);
  const crew = await Promise.all(Array.from({ length: CONNECTIONS }, () => joinCrew()));
  const codes = new Map<string, number>();
  const decisions = new Map<string, number>();
  const faults: string[] = [];
  let valid = 0, accepted = 0, next = 0;
  const idle = await gateway.connect(await gateway.token(agent));

  async function work(member: Member): Promise<void> {
    while (next < messages.length) {
      const message = messages[next++]!;
      const args = message.args.map((arg) => fill(arg, member));
      if (isValid(message.event, args)) valid += 1;
      const { answer, text } = await sendAnything(member, message.event, args);
      const fault = faultOf(answer, text, JSON.stringify([message.event, args]), bystander.secrets);
      if (fault) faults.push(`${fault}: ${message.event} (${message.mutation ?? 'valid'}) ${JSON.stringify(args).slice(0, 300)} → ${text.slice(0, 400)}`);
      if (answer?.ok === true) { accepted += 1; learn(member, message, answer); }
      else if (answer) codes.set(answer.error!.code, (codes.get(answer.error!.code) ?? 0) + 1);
      const decision = answer?.decision as Decision | undefined;
      if (decision) decisions.set(decision.code, (decisions.get(decision.code) ?? 0) + 1);
    }
  }
  await Promise.all(crew.flatMap((member) => Array.from({ length: AT_ONCE / CONNECTIONS }, () => work(member))));
  for (const [code, count] of await conditions(crew[0]!, idle)) codes.set(code, (codes.get(code) ?? 0) + count);

  console.log(`seed ${SEED}: ${messages.length} messages, ${valid} valid (${Math.round((100 * valid) / messages.length)} %), ${accepted} accepted\ncodes: ${[...codes].map(([code, n]) => `${code} ${n}`).join(', ')}\ndecisions: ${[...decisions].map(([code, n]) => `${code} ${n}`).join(', ')}`);
  expect(faults.slice(0, 10)).toEqual([]);
  expect(crashes).toEqual([]);
  expect(valid / messages.length).toBeGreaterThanOrEqual(0.3);
  expect(accepted / messages.length).toBeGreaterThan(0.1);
  // `internal` is for what nobody foresaw; no message may bring it about.
  const producible = wireErrorCodes.filter((code) => code !== 'internal');
  expect([...codes.keys()].sort()).toEqual([...producible].sort());
  // And it serves on.
  const fresh = await joinCrew();
  expect((await ask(fresh.socket, 'action.request', { sessionId: fresh.places['own-session']!, requestId: 'after', tool: 'read_ticket', args: { ticketId: 'T-1' } })).decision.decision).toBe('allow');
});

type Answer = { ok: boolean; error?: { code: WireErrorCode; message: string; issues?: unknown; retryAfterMs?: number }; [key: string]: unknown };
type Member = { socket: Socket; places: Partial<Record<Place, string>>; token: string };

const renewals: NodeJS.Timeout[] = [];
async function joinCrew(): Promise<Member> {
  const token = await gateway.token(agent);
  const socket = await gateway.connect(token);
  socket.on('decision', (_body: unknown, acknowledge: (answer: object) => void) => acknowledge({}));
  renewals.push(setInterval(() => { if (socket.connected) socket.emit('lease.renew', {}, () => {}); }, LEASE_MS / 6));
  const member: Member = { socket, token, places: { 'foreign-session': bystander.sessionId, 'foreign-action': bystander.actionId, 'own-token': token, 'foreign-token': bystander.token } };
  const closed = (await ask(socket, 'session.open', { purpose: 'to be closed' })).session.id;
  await ask(socket, 'session.close', { sessionId: closed, outcome: 'completed' });
  member.places['closed-session'] = closed;
  await reopen(member);
  return member;
}

async function reopen(member: Member): Promise<void> {
  const sessionId = (await ask(member.socket, 'session.open', { purpose: 'fuzz' })).session.id;
  const request = async (requestId: string, tool: string, args: object) => (await ask(member.socket, 'action.request', { sessionId, requestId, tool, args })).decision.actionId;
  member.places['own-session'] = sessionId;
  member.places['known-request'] = 'known';
  member.places['allowed-action'] = await request('known', 'read_ticket', { ticketId: 'T-1' });
  member.places['asked-action'] = await request('asked', 'send_email', { to: 'a@elsewhere.example', subject: 's', body: 'b' });
}

/** Keeps the crew's ids alive, so that later messages find something there. */
function learn(member: Member, message: FuzzMessage, answer: Answer): void {
  if (message.event === 'session.close' && JSON.stringify(message.args).includes(placeholder('own-session').slice(1))) void reopen(member).catch(() => {});
  const decision = answer.decision as Decision | undefined;
  if (message.event === 'action.request' && decision?.permit) member.places['allowed-action'] = decision.actionId;
  if (message.event === 'action.started') member.places['started-action'] = member.places['allowed-action'];
}

function fill(value: unknown, member: Member): unknown {
  if (typeof value === 'string') {
    const place = places.find((one) => value === placeholder(one));
    return place ? member.places[place] ?? newId() : value;
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map((item) => fill(item, member));
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [key, inner] of Object.entries(value)) copy[key] = fill(inner, member);
  return copy;
}

function isValid(event: string, args: unknown[]): boolean {
  if (!Object.hasOwn(agentEventSchemas, event) || args.length !== 1) return false;
  const body: unknown = tryJson(args[0]);
  return body !== undefined && checkJsonValue(body).ok && agentEventSchemas[event as AgentEventName].safeParse(body).success;
}

function tryJson(value: unknown): unknown {
  try { return JSON.parse(JSON.stringify(value)); } catch { return undefined; }
}

async function sendAnything(member: Member, event: string, args: unknown[]): Promise<{ answer: Answer | undefined; text: string }> {
  if (!member.socket.connected) {
    member.socket.connect();
    await new Promise((resolve) => member.socket.once('connect', () => resolve(undefined)));
  }
  const answer = await new Promise<Answer | undefined>((resolve) => {
    const gone = () => resolve(undefined);
    member.socket.once('disconnect', gone);
    member.socket.timeout(20_000).emit(event, ...args, (error: Error | null, value: Answer) => { member.socket.off('disconnect', gone); resolve(error ? undefined : value); });
  });
  return { answer, text: JSON.stringify(answer) ?? '(no answer)' };
}

/** What is wrong with an answer, if anything is. What the message said itself may come back in it. */
function faultOf(answer: Answer | undefined, text: string, sent: string, secrets: readonly string[]): string | undefined {
  if (!answer) return 'no answer';
  if (answer.ok !== true) {
    if (answer.ok !== false || !answer.error || !(wireErrorCodes as readonly string[]).includes(answer.error.code) || typeof answer.error.message !== 'string' || answer.error.message === '') return 'not an answer of the contract';
    if (Object.keys(answer.error).some((key) => !['code', 'message', 'issues', 'retryAfterMs'].includes(key))) return 'more in an error than the contract says';
    if (answer.error.code === 'internal') return 'internal';
    const inside = INSIDE.exec(answer.error.message);
    if (inside && !sent.includes(inside[0])) return 'speaks of its inside';
  }
  const leaked = secrets.find((secret) => text.includes(secret) && !sent.includes(secret));
  return leaked ? `tells another agent's ${leaked.slice(0, 8)}…` : undefined;
}

/** The codes that no single message brings about: too fast, a hold on the agent, a lapsed lease, credentials that do not hold, a database that is away. */
async function conditions(member: Member, idle: Socket): Promise<Map<string, number>> {
  const codes = new Map<string, number>();
  const take = ({ answer }: { answer: Answer | undefined }) => { if (answer?.ok === false) codes.set(answer.error!.code, (codes.get(answer.error!.code) ?? 0) + 1); return answer; };
  const flood = await joinCrew();
  (await Promise.all(Array.from({ length: 2_600 }, () => sendAnything(flood, 'sync', [{ sessionIds: [] }])))).forEach(take);
  take(await sendAnything(member, 'auth.refresh', [{ token: 'nonsense' }]));
  const stopped = await someoneElse();
  await engageSwitch(gateway.host, { scope: 'session', target: stopped.sessionId, holdMinutes: 1 });
  take(await sendAnything({ socket: await gateway.connect(stopped.token), places: {}, token: stopped.token }, 'session.open', [{ purpose: 'once more' }]));
  // Never renewed since the beginning; it waits for its lease to lapse, where that has not happened yet.
  const sleeper = { ...member, socket: idle };
  for (const until = Date.now() + 2 * LEASE_MS; Date.now() < until && take(await sendAnything(sleeper, 'sync', [{ sessionIds: [] }]))?.error?.code !== 'lease_lapsed';) await new Promise((resolve) => setTimeout(resolve, 200));
  gateway.link!.cut();
  const request = [{ sessionId: member.places['own-session'], requestId: 'while-away', tool: 'read_ticket', args: { ticketId: 'T-1' } }];
  const away = take(await sendAnything(member, 'action.request', request));
  expect(away?.error?.code).toBe('unavailable');
  await gateway.link!.restore();
  for (const until = Date.now() + 15_000; Date.now() < until && (await sendAnything(member, 'action.request', request)).answer?.ok !== true;) await new Promise((resolve) => setTimeout(resolve, 200));
  return codes;
}
