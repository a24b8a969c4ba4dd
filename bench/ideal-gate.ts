// What the gate is measured against: the least that decides an action and has it on disk before it answers. One echo, one Cedar call over the
// rules about the tool, one batched append of the rows that the gate writes too (event, action, payload, stream). No identity, no schemas, no
// facts, no sealing, no permits, no limits, no metrics: nothing that makes a gate safe. `ideal-gate.ts echo` leaves the deciding out as well.
import { createHash } from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import v8 from 'node:v8';
import pg from 'pg';
import { Server } from 'socket.io';
import { uuidv7 } from 'uuidv7';
import { starterBundle } from '@/lib/policies';

v8.setFlagsFromString('--no-turbo-inline-js-wasm-calls');
const cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as typeof import('@cedar-policy/cedar-wasm/nodejs');

type Body = { sessionId: string; requestId: string; tool: string; args: Record<string, string> };
type Stream = { id: string; seq: number; head: string };
type Waiting = { stream: Stream; body: Body; effect: 'allow' | 'deny'; reasons: string[]; answer: (seq: number) => void; fail: () => void };

const MAX_BATCH = 256;
const agentId = uuidv7();
const instanceId = uuidv7();

/** One slice a tool, by the rules that name it. */
function prepareSlices(): void {
  const bundle = starterBundle(1);
  for (const { name } of bundle.tools) {
    const own = Object.entries(bundle.policies).filter(([, { text }]) => text.includes(`Tool::"${name}"`)).map(([id, { text }]) => [id, text]);
    const answer = cedar.preparsePolicySet(name, { staticPolicies: Object.fromEntries(own) as Record<string, string> });
    if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
  }
}

function ask({ sessionId, tool, args }: Body): { effect: 'allow' | 'deny'; reasons: string[] } {
  const url = args.url === undefined ? undefined : new URL(args.url);
  const answer = cedar.statefulIsAuthorized({
    principal: { type: 'Session', id: sessionId }, action: { type: 'Action', id: 'call' }, resource: { type: 'Tool', id: tool }, preparsedPolicySetId: tool, entities: [],
    context: { session: { untrustedSeen: false }, args: url ? { url: { external: false, private: false, hosts: [url.hostname], schemes: ['https'] } } : {} },
  });
  if (answer.type === 'failure' || answer.response.diagnostics.errors.length > 0) return { effect: 'deny', reasons: [] };
  return { effect: answer.response.decision, reasons: answer.response.diagnostics.reason };
}

const APPEND = `
WITH want AS (SELECT * FROM json_to_recordset($1::json) AS w(id text, expected bigint, last_seq bigint, head text)),
locked AS MATERIALIZED (SELECT id, last_seq FROM log.stream WHERE id IN (SELECT id FROM want) ORDER BY id FOR UPDATE),
ok AS MATERIALIZED (SELECT w.* FROM want w JOIN locked l ON l.id = w.id AND l.last_seq = w.expected),
moved AS (UPDATE log.stream s SET last_seq = ok.last_seq, head = ok.head FROM ok WHERE s.id = ok.id),
events AS (INSERT INTO log.event (stream, seq, month, id, type, recorded_at, agent_id, body, hash)
  SELECT e.* FROM json_to_recordset($2::json) AS e(stream text, seq bigint, month date, id uuid, type text, recorded_at timestamptz, agent_id uuid, body text, hash text) JOIN ok ON ok.id = e.stream),
payloads AS (INSERT INTO payload (id, session_id, kind, sealed, salt, mac, bytes)
  SELECT p.id, p.session_id, 'args', decode(p.sealed, 'base64'), decode(p.salt, 'base64'), p.mac, p.bytes FROM json_to_recordset($3::json) AS p(id uuid, session_id uuid, sealed text, salt text, mac text, bytes int)),
actions AS (INSERT INTO action (id, session_id, agent_id, request_id, tool, digest, decision, code, reason, detail, policy_version, seq, args_payload_id, decided_at, permitted_at, permit_expires_at)
  SELECT a.id, a.session_id, a.agent_id, a.request_id, a.tool, a.digest, a.decision, 'policy.permit', 'A rule allows it.', a.detail, '1', a.seq, a.args_payload_id, a.decided_at, a.decided_at, a.decided_at
  FROM json_to_recordset($4::json) AS a(id uuid, session_id uuid, agent_id uuid, request_id text, tool text, digest text, decision text, detail jsonb, seq bigint, args_payload_id uuid, decided_at timestamptz))
SELECT (SELECT array_agg(id) FROM ok) AS ok, pg_notify('cs_log', '{}')::text AS notified`;

class Appender {
  private queue: Waiting[] = [];
  private busy = false;
  constructor(private readonly client: pg.Client) {}

  push(waiting: Waiting): void {
    this.queue.push(waiting);
    if (!this.busy) { this.busy = true; setImmediate(() => void this.drain()); }
  }

  private async drain(): Promise<void> {
    while (this.queue.length > 0) await this.write(this.queue.splice(0, MAX_BATCH));
    this.busy = false;
  }

  private async write(batch: Waiting[]): Promise<void> {
    const at = new Date().toISOString();
    const month = `${at.slice(0, 7)}-01`;
    const expected = new Map(batch.map(({ stream }) => [stream, stream.seq]));
    const events: object[] = [], payloads: object[] = [], actions: object[] = [], seqs: number[] = [];
    for (const { stream, body, effect, reasons } of batch) {
      const args = JSON.stringify(body.args);
      const digest = createHash('sha256').update(args).digest('hex');
      const id = uuidv7(), payload = uuidv7(), action = uuidv7();
      const event = JSON.stringify({ id, stream: stream.id, seq: stream.seq + 1, type: 'action.allowed', actor: { kind: 'agent', id: agentId, name: 'ideal' }, recordedAt: at, receivedAt: at, data: { actionId: action, requestId: body.requestId, tool: body.tool, digest, code: 'policy.permit', reason: 'A rule allows it.', policyVersion: '1', rules: reasons, findings: [], provenance: {}, args: { payloadId: payload, mac: digest, bytes: args.length, rendering: args }, title: body.tool } });
      stream.seq += 1;
      stream.head = createHash('sha256').update(stream.head, 'hex').update(event).digest('hex');
      events.push({ stream: stream.id, seq: stream.seq, month, id, type: 'action.allowed', recorded_at: at, agent_id: agentId, body: event, hash: stream.head });
      payloads.push({ id: payload, session_id: body.sessionId, sealed: Buffer.from(args).toString('base64'), salt: Buffer.from(digest, 'hex').toString('base64'), mac: digest, bytes: args.length });
      actions.push({ id: action, session_id: body.sessionId, agent_id: agentId, request_id: body.requestId, tool: body.tool, digest, decision: effect, detail: { rules: reasons, findings: [], provenance: {} }, seq: stream.seq, args_payload_id: payload, decided_at: at });
      seqs.push(stream.seq);
    }
    const streams = [...expected].map(([stream, seq]) => ({ id: stream.id, expected: seq, last_seq: stream.seq, head: stream.head }));
    try {
      await this.client.query({ name: 'append', text: APPEND, values: [JSON.stringify(streams), JSON.stringify(events), JSON.stringify(payloads), JSON.stringify(actions)] });
      batch.forEach((waiting, i) => waiting.answer(seqs[i]!));
    } catch (error) {
      console.error(error);
      batch.forEach((waiting) => waiting.fail());
    }
  }
}

async function openStream(client: pg.Pool, id: string): Promise<Stream> {
  const stream = { id: `session/${id}`, seq: 0, head: '0'.repeat(64) };
  await client.query(`INSERT INTO session (id, agent_id, instance_id, purpose, canary, delimiter) VALUES ($1, $2, $3, 'load', 'c', 'd')`, [id, agentId, instanceId]);
  await client.query('INSERT INTO log.stream (id) VALUES ($1)', [stream.id]);
  return stream;
}

async function serve(mode: string, url: string | undefined): Promise<void> {
  const server = http.createServer();
  const io = new Server(server, { transports: ['websocket'], serveClient: false, perMessageDeflate: false });
  if (mode === 'echo') {
    io.of('/agent').on('connection', (socket) => {
      socket.on('session.open', (_body: object, reply: (answer: object) => void) => reply({ ok: true, session: { id: uuidv7() } }));
      socket.on('action.request', (body: object, reply: (answer: object) => void) => reply(body));
    });
  } else {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(`INSERT INTO agent (id, name) VALUES ($1, $2)`, [agentId, `ideal ${agentId}`]);
    await client.query(`INSERT INTO instance (id, agent_id, name) VALUES ($1, $2, 'ideal')`, [instanceId, agentId]);
    prepareSlices();
    const appender = new Appender(client);
    const opening = new pg.Pool({ connectionString: url, max: 4 });
    const streams = new Map<string, Stream>();
    io.of('/agent').on('connection', (socket) => {
      socket.on('session.open', async (_body: object, reply: (answer: object) => void) => {
        const id = uuidv7();
        streams.set(id, await openStream(opening, id));
        reply({ ok: true, session: { id } });
      });
      socket.on('action.request', (body: Body, reply: (answer: object) => void) => {
        const { effect, reasons } = ask(body);
        appender.push({ stream: streams.get(body.sessionId)!, body, effect, reasons, answer: (seq) => reply({ ok: true, decision: { requestId: body.requestId, decision: effect, rules: reasons, seq } }), fail: () => reply({ ok: false, error: { code: 'unavailable' } }) });
      });
    });
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.send?.({ ready: true, port: (server.address() as AddressInfo).port });
}

process.on('disconnect', () => process.exit(0));
const [mode = 'ideal', url = process.env.DATABASE_URL] = process.argv.slice(2);
if (mode !== 'echo' && !url) { console.error('npm run bench -- gate runs this; alone it needs the address of a migrated database.'); process.exit(2); }
await serve(mode, url);
