import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { makeContext } from '@/lib/context';
import { pool, sqlOf, sqlTransaction, type Sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { record, sessionEvent } from '@/lib/log';
import { insertFleet, insertPendingApproval } from '@/lib/testing/fleet';
import type { SendingRules } from './send';

/** Receivers on this machine are what the environment would have to name. */
export const here: SendingRules = { policy: { allowLoopback: false, allowHosts: ['127.0.0.1'] } };

export type Received = { path: string; headers: IncomingMessage['headers']; text: string; body: Record<string, unknown>; at: number };
type Answer = (request: Received, response: ServerResponse) => void;

/** A receiver that answers as it is told: 200 until then. */
export async function startReceiver() {
  const got: Received[] = [];
  let answer: Answer = (_request, response) => void response.end('ok');
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const one = { path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text) as Record<string, unknown>, at: performance.now() };
      got.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, got, answers: (with_: Answer) => { answer = with_; }, close: () => { server.closeAllConnections(); server.close(); } };
}

export type SunkMail = { from: string; to: string[]; data: string };

/** A mail server that keeps what it is given: EHLO to QUIT as RFC 5321 has it, without TLS. `refuses`: answers a recipient with 550. */
export async function startMailSink({ refuses }: { refuses?: string } = {}) {
  const mails: SunkMail[] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => {});
    let mail: SunkMail = { from: '', to: [], data: '' };
    let inData = false;
    let rest = '';
    const say = (line: string) => void socket.write(`${line}\r\n`);
    say('220 sink.test ESMTP');
    socket.on('data', (chunk) => {
      rest += chunk.toString('utf8');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (inData) {
          if (line !== '.') { mail.data += `${line.startsWith('.') ? line.slice(1) : line}\r\n`; continue; }
          inData = false;
          mails.push(mail);
          mail = { from: '', to: [], data: '' };
          say('250 kept');
          continue;
        }
        const [word, address] = [line.slice(0, 4).toUpperCase(), /<([^>]{0,320})>/.exec(line)?.[1] ?? ''];
        if (word === 'EHLO' || word === 'HELO') say('250 sink.test');
        else if (word === 'MAIL') { mail.from = address; say('250 ok'); }
        else if (word === 'RCPT') { if (address === refuses) say('550 nobody here'); else { mail.to.push(address); say('250 ok'); } }
        else if (word === 'DATA') { inData = true; say('354 go on'); }
        else if (word === 'QUIT') { say('221 bye'); socket.end(); }
        else say('250 ok');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, mails, close: () => { for (const socket of open) socket.destroy(); server.close(); } };
}

const gateway = makeContext({ kind: 'system', process: 'gateway' });

/** What the gate writes when it asks a person: an action, its approval under this route, and the event. `url`: the owner's. */
export async function ask(url: string, route: { notify?: string[]; escalation?: { notify: string[] }[]; name?: string; risk?: string }, title = 'Send to a@b.example', count = 1): Promise<string[]> {
  const owner = sqlOf(pool(url));
  const { sessions } = await insertFleet(owner, { agents: 1, sessionsEach: 1 });
  const session = sessions[0]!;
  const ids: string[] = [];
  const kept = { routes: [route.name ?? 'desk'], groups: [{ role: 'analyst', quorum: 1 }], decideByMs: 3_600_000, useByMs: 60_000, stepUp: false, reasonRequired: false, ownerCounts: true, risk: route.risk ?? 'high', notify: route.notify ?? [], escalation: (route.escalation ?? []).map(({ notify }) => ({ afterMs: 1_000, groups: [{ role: 'admin', quorum: 1 }], notify })) };
  if (count === 1) ids.push((await insertPendingApproval(owner, session)).approvalId);
  else ids.push(...await insertMany(owner, session, count));
  await owner.rows('UPDATE approval SET route = $2, risk = $3, title = $4 WHERE id = ANY($1::uuid[])', [ids, JSON.stringify(kept), kept.risk, title]);
  await sqlTransaction((tx) => record(tx, gateway, ids.map((approvalId) => sessionEvent(session.id, 'approval.requested', {
    approvalId, actionId: approvalId, tool: 'send_email', title, risk: kept.risk, routes: kept.routes, groups: kept.groups, digest: 'd', decideBy: new Date().toISOString(), sentence: 's',
  }, { agentId: session.agentId }))), url);
  return ids;
}

async function insertMany(owner: Sql, session: { id: string; agentId: string }, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  await owner.rows(
    `INSERT INTO action (id, session_id, agent_id, request_id, tool, digest, decision, code, reason, detail, policy_version, seq, approval_id, decided_at)
     SELECT id, $2, $3, id, 'send_email', repeat('0', 64), 'ask', 'approval.pending', 'asks', '{"reservations": []}', 'v1', 1, id, clock_timestamp() FROM unnest($1::uuid[]) AS id`, [ids, session.id, session.agentId]);
  await owner.rows(
    `INSERT INTO approval (id, action_id, session_id, agent_id, tool, title, route, risk, sentence, rule_ids, policy_version, digest, requested_at, decide_by, use_by_ms)
     SELECT id, id, $2, $3, 'send_email', 't', '{}', 'high', 's', '{}', 'v1', repeat('0', 64), clock_timestamp(), clock_timestamp() + interval '1 hour', 60000 FROM unnest($1::uuid[]) AS id`, [ids, session.id, session.agentId]);
  return ids;
}

/** Ends it as a person or the clock would: the row and the event. */
export async function settleAsk(url: string, approvalIds: readonly string[], state: 'denied' | 'expired' = 'denied'): Promise<void> {
  await sqlTransaction(async (tx) => {
    const rows = await tx.rows<{ id: string; sessionId: string; actionId: string }>('UPDATE approval SET state = $2, decided_at = clock_timestamp() WHERE id = ANY($1::uuid[]) RETURNING id, session_id AS "sessionId", action_id AS "actionId"', [approvalIds, state]);
    await record(tx, makeContext({ kind: 'person', id: rows[0]!.id, name: 'Ada', email: 'a@example.org', roles: ['analyst'], via: 'console' }), rows.map(({ id, sessionId, actionId }) => (state === 'denied'
      ? sessionEvent(sessionId, 'approval.denied', { approvalId: id, actionId, digest: 'd', reason: null })
      : sessionEvent(sessionId, 'approval.expired', { approvalId: id, actionId, decideBy: new Date().toISOString() }))));
  }, url);
}
