import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '@/lib/context';
import type { Decision } from '@/lib/protocol/decision';
import { newId } from '@/lib/protocol/ids';
import { ask, startTestGateway, type TestAgent, type TestGateway } from '@/lib/testing/running-gateway';
import type { SoftwareAuthenticator } from '@/lib/testing/software-authenticator';

// The gateway runs under its own database role's rules in one process with the test; rows are changed as the owner would.
let gateway: TestGateway;
let agent: TestAgent;
type Approver = { ctx: Context; id: string; authenticator: SoftwareAuthenticator };
const mail = { tool: 'send_email', args: { to: 'someone@elsewhere.example', subject: 'Hello', body: 'A text' } };

beforeAll(async () => {
  gateway = await startTestGateway();
  agent = await gateway.agent('signed for', [{ toolset: 'email', operations: ['*'], scope: '**' }]);
});
afterAll(() => gateway.stop());

const db = async () => (await import('@/lib/db')).sql;
async function approver(role: 'responder' | 'admin' = 'responder'): Promise<Approver> {
  const [{ makePasskey }, ctx] = [await import('@/lib/access/testing'), await gateway.person(role)];
  const id = (ctx.actor as { id: string }).id;
  return { ctx, id, authenticator: (await makePasskey(id)).authenticator };
}

type Asked = { socket: Socket; sessionId: string; decision: Decision; collect: () => Promise<Decision> };
/** A question on a route that takes passkeys, of `quorum` responders. */
async function askedWithStepUp(quorum = 1): Promise<Asked> {
  const socket = await gateway.connect(await gateway.token(agent), newId());
  socket.on('decision', (_body: unknown, acknowledge: (answer: object) => void) => acknowledge({}));
  const { session } = await ask(socket, 'session.open', { purpose: 'be signed for' });
  const requestId = newId();
  const request = async () => (await ask(socket, 'action.request', { sessionId: session.id, requestId, ...mail })).decision;
  const decision = await request();
  await (await db()).rows(`UPDATE approval SET route = route || jsonb_build_object('stepUp', true, 'groups', jsonb_build_array(jsonb_build_object('role', 'responder', 'quorum', $2::int))) WHERE id = $1`, [decision.approval!.id, quorum]);
  return { socket, sessionId: session.id, decision, collect: request };
}

async function sign(who: Approver, { decision }: Asked) {
  const { beginApproval } = await import('@/lib/approvals');
  const { challengeId, options } = await beginApproval(who.ctx, { approvalId: decision.approval!.id, digest: decision.digest });
  return { kind: 'passkey' as const, challengeId, response: who.authenticator.authenticate(options!) };
}
const approve = async (who: Approver, asked: Asked, stepUp?: Awaited<ReturnType<typeof sign>>) =>
  (await import('@/lib/approvals')).decideApproval(who.ctx, { approvalId: asked.decision.approval!.id, verdict: 'approve', digest: asked.decision.digest, ...(stepUp ? { stepUp } : {}) });
const recordedIn = async ({ sessionId }: Asked, type: string) => (await (await db()).rows<{ body: string }>('SELECT body FROM log.event WHERE stream = $1 AND type = $2 ORDER BY seq', [`session/${sessionId}`, type])).map((row) => JSON.parse(row.body) as { data: Record<string, unknown> });
/** What stands in the way when nobody went through the console's own verb: the row of a signature, and an approval that calls itself approved. */
async function grantByHand({ decision }: Asked) {
  const sql = await db();
  await sql.rows(`UPDATE approval SET state = 'approved', decided_at = now(), use_by = now() + interval '10 minutes' WHERE id = $1`, [decision.approval!.id]);
  await sql.rows(`UPDATE action SET decision = 'allow', code = 'approval.granted' WHERE id = $1`, [decision.actionId]);
}

describe('a route that takes passkeys', () => {
  it('is approved by one over exactly this, which the record and the permit rest on', async () => {
    const [ada, asked] = [await approver(), await askedWithStepUp()];
    await expect(approve(ada, asked)).rejects.toMatchObject({ code: 'step_up_required' });
    expect(await approve(ada, asked, await sign(ada, asked))).toMatchObject({ state: 'approved' });
    expect((await recordedIn(asked, 'approval.granted'))[0]!.data).toMatchObject({ assertion: { purpose: 'approval.approve', objectId: asked.decision.approval!.id, digest: asked.decision.digest, verdict: 'approve' } });
    expect(await asked.collect()).toMatchObject({ decision: 'allow', permit: expect.any(String) });
  });

  it('never asks for one to deny', async () => {
    const [ada, asked] = [await approver(), await askedWithStepUp()];
    const { decideApproval } = await import('@/lib/approvals');
    expect(await decideApproval(ada.ctx, { approvalId: asked.decision.approval!.id, verdict: 'deny', digest: asked.decision.digest })).toMatchObject({ state: 'denied' });
  });

  it('takes no signature twice, nor one that was given for another approval, nor somebody else’s', async () => {
    const [ada, bob, asked, other] = [await approver(), await approver(), await askedWithStepUp(2), await askedWithStepUp()];
    const forOther = await sign(ada, other);
    await expect(approve(ada, asked, forOther)).rejects.toMatchObject({ code: 'step_up_required' });
    const signed = await sign(ada, asked);
    await expect(approve(bob, asked, signed)).rejects.toMatchObject({ code: 'step_up_required' });
    const again = await sign(ada, asked);
    expect(await approve(ada, asked, again)).toMatchObject({ state: 'partially_approved' });
    await expect(approve(ada, asked, again)).rejects.toMatchObject({ code: 'conflict' });
    await expect(approve(bob, asked, again)).rejects.toMatchObject({ code: 'step_up_required' });
    expect(await approve(bob, asked, await sign(bob, asked))).toMatchObject({ state: 'approved', stillNeeded: [] });
    expect(await asked.collect()).toMatchObject({ decision: 'allow', permit: expect.any(String) });
  });

  it('refuses somebody who may not count before it asks them for a key', async () => {
    const asked = await askedWithStepUp();
    const analyst = await gateway.person('analyst');
    const { decideApproval } = await import('@/lib/approvals');
    await expect(decideApproval(analyst, { approvalId: asked.decision.approval!.id, verdict: 'approve', digest: asked.decision.digest })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a route that takes a one-time password as well', () => {
  type Coder = { ctx: Context; id: string; code: () => string };
  async function coder(): Promise<Coder> {
    const { asPerson, clock, makePerson, withTotp } = await import('@/lib/access/testing');
    const row = await makePerson(['responder']);
    const time = clock();
    const { code } = await withTotp(row, time);
    // The code that turned it on is spent; the app shows the next one.
    time.forward(30_000);
    return { ctx: asPerson(row, { now: time.now }), id: row.id, code };
  }
  async function askedByCode(over: object = {}): Promise<Asked> {
    const asked = await askedWithStepUp();
    await (await db()).rows('UPDATE approval SET route = route || $2::jsonb WHERE id = $1', [asked.decision.approval!.id, JSON.stringify({ stepUpBy: 'passkey_or_totp', risk: 'high', ...over })]);
    return asked;
  }
  const begin = async ({ ctx }: Coder, { decision }: Asked) => (await import('@/lib/approvals')).beginApproval(ctx, { approvalId: decision.approval!.id, digest: decision.digest });
  const byCode = async (who: Coder, { decision }: Asked, challengeId: string) =>
    (await import('@/lib/approvals')).decideApproval(who.ctx, { approvalId: decision.approval!.id, verdict: 'approve', digest: decision.digest, stepUp: { kind: 'totp', challengeId, code: who.code() } });

  it('is approved by one over exactly this; the record says by what and not which, and the gateway makes the permit', async () => {
    const [ada, asked] = [await coder(), await askedByCode()];
    const { challengeId, options, code } = await begin(ada, asked);
    expect({ options, code }).toEqual({ options: null, code: true });
    expect(await byCode(ada, asked, challengeId)).toMatchObject({ state: 'approved' });
    const [granted] = await recordedIn(asked, 'approval.granted');
    expect(granted!.data).toMatchObject({ stepUp: { kind: 'totp', challengeId, purpose: 'approval.approve', objectId: asked.decision.approval!.id, digest: asked.decision.digest, verdict: 'approve' } });
    expect(granted!.data).not.toHaveProperty('assertion');
    expect(JSON.stringify(granted)).not.toContain(ada.code());
    expect(await asked.collect()).toMatchObject({ decision: 'allow', permit: expect.any(String) });
  });

  it('takes a passkey all the same', async () => {
    const [ada, asked] = [await approver(), await askedByCode()];
    expect(await approve(ada, asked, await sign(ada, asked))).toMatchObject({ state: 'approved' });
    expect(await asked.collect()).toMatchObject({ decision: 'allow', permit: expect.any(String) });
  });

  it.each([['says nothing of codes', { stepUpBy: 'passkey' }], ['is of critical risk', { risk: 'critical' }]])('refuses a code where the route %s, offers none, and leaves it open', async (_, over) => {
    const [ada, asked] = [await coder(), await askedByCode(over)];
    await expect(begin(ada, asked)).rejects.toMatchObject({ code: 'step_up_required', data: { why: 'no_passkey' } });
    const elsewhere = await begin(ada, await askedByCode());
    await expect(byCode(ada, asked, elsewhere.challengeId)).rejects.toMatchObject({ code: 'step_up_required', data: { why: 'code_not_enough' } });
    expect(await (await db()).rows('SELECT state FROM approval WHERE id = $1', [asked.decision.approval!.id])).toEqual([{ state: 'pending' }]);
  });

  it('was not approved by one where the route is of critical risk, whatever the rows say', async () => {
    const [ada, asked] = [await coder(), await askedByCode()];
    await byCode(ada, asked, (await begin(ada, asked)).challengeId);
    // Nothing the console may write makes a code enough for what is critical; here a hand with every right changes the risk under it.
    await (await db()).rows(`UPDATE approval SET route = route || '{"risk": "critical"}' WHERE id = $1`, [asked.decision.approval!.id]);
    expect(await asked.collect()).toMatchObject({ decision: 'deny', code: 'approval.cancelled' });
    expect(await recordedIn(asked, 'approval.forgery_found')).toHaveLength(1);
  });

  it('does not count a code that was given for another approval, or by somebody who is gone', async () => {
    const [ada, other, asked] = [await coder(), await askedByCode(), await askedByCode()];
    await byCode(ada, other, (await begin(ada, other)).challengeId);
    await (await db()).rows(`INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, assertion, at) SELECT $1, $2, person_id, 'approve', $3, roles, assertion, at FROM approval_signature WHERE approval_id = $4`, [newId(), asked.decision.approval!.id, asked.decision.digest, other.decision.approval!.id]);
    await grantByHand(asked);
    expect(await asked.collect()).toMatchObject({ decision: 'deny', code: 'approval.cancelled' });
    await (await db()).rows(`UPDATE person SET state = 'deactivated' WHERE id = $1`, [ada.id]);
    expect(await other.collect()).toMatchObject({ decision: 'deny', code: 'approval.cancelled' });
  });
});

/** Publishes who must agree to mail that leaves, and waits until the gateway decides by it. */
async function mailFor(groups: ({ team: string; quorum: number } | { role: string; quorum: number })[]): Promise<void> {
  const { publishBundle, starterBundle } = await import('@/lib/policies');
  const [{ sequence }] = (await (await db()).rows<{ sequence: number }>('SELECT max(sequence)::int AS sequence FROM bundle')) as [{ sequence: number }];
  const bundle = starterBundle(sequence + 1);
  const socket = await gateway.connect(await gateway.token(agent), newId());
  const inForce = new Promise<void>((resolve) => { socket.on('policy', ({ version }: { version: string }) => { if (version === String(sequence + 1)) resolve(); }); });
  await publishBundle(gateway.host, { bundle: { ...bundle, routes: { ...bundle.routes, 'outbound-mail': { ...bundle.routes['outbound-mail']!, groups } } } }, { keys: gateway.keys });
  await inForce;
  socket.disconnect();
}

describe('the gateway looks at the signatures itself, and makes no permit', () => {
  const noPermit = async (asked: Asked) => {
    expect(await asked.collect()).toMatchObject({ decision: 'deny', code: 'approval.cancelled', reason: expect.stringContaining('does not hold') });
    expect(await asked.collect()).not.toHaveProperty('permit');
    expect(await recordedIn(asked, 'approval.forgery_found')).toHaveLength(1);
    expect((await recordedIn(asked, 'approval.cancelled')).map((event) => event.data.reason)).toEqual(['unproven']);
    expect(await recordedIn(asked, 'action.permitted')).toHaveLength(0);
  };
  /** Signed by one of two, changed while the gateway has nothing to tell the agent yet, and then called approved by one. */
  const prepared = async (how: (asked: Asked, ada: Approver) => Promise<unknown>): Promise<Asked> => {
    const [ada, asked] = [await approver(), await askedWithStepUp(2)];
    await approve(ada, asked, await sign(ada, asked));
    await how(asked, ada);
    await (await db()).rows(`UPDATE approval SET route = jsonb_set(route, '{groups,0,quorum}', '1') WHERE id = $1`, [asked.decision.approval!.id]);
    await grantByHand(asked);
    return asked;
  };
  const tampered = async (how: (asked: Asked, ada: Approver) => Promise<unknown>) => noPermit(await prepared(how));
  const signature = async (set: string, asked: Asked, ...params: unknown[]) => (await db()).rows(`UPDATE approval_signature SET ${set} WHERE approval_id = $1`, [asked.decision.approval!.id, ...params]);

  it('but does where nothing was touched', async () => {
    expect(await (await prepared(async () => undefined)).collect()).toMatchObject({ decision: 'allow', permit: expect.any(String) });
  });
  it('where nobody signed at all', async () => {
    const asked = await askedWithStepUp();
    await grantByHand(asked);
    await noPermit(asked);
  });
  it('where the row of a signature was put there', async () => {
    const [ada, asked] = [await approver(), await askedWithStepUp()];
    await (await db()).rows(`INSERT INTO approval_signature (id, approval_id, person_id, verdict, digest, roles, at) VALUES ($1, $2, $3, 'approve', $4, '{responder}', now())`, [newId(), asked.decision.approval!.id, ada.id, asked.decision.digest]);
    await grantByHand(asked);
    await noPermit(asked);
  });
  it('where one’s signature is another approval’s', () => tampered(async (asked, ada) => {
    const other = await askedWithStepUp();
    await approve(ada, other, await sign(ada, other));
    await signature(`assertion = (SELECT assertion FROM approval_signature WHERE approval_id = $2)`, asked, other.decision.approval!.id);
  }));
  it('where one letter of it changed', () => tampered((asked) => signature(`assertion = jsonb_set(assertion, '{nonce}', to_jsonb(reverse(assertion->>'nonce')))`, asked)));
  it('where it stands under somebody else’s name', () => tampered(async (asked) => signature('person_id = $2', asked, (await approver()).id)));
  it('where the passkey is not registered any more', () => tampered(async (_, ada) => (await db()).rows('UPDATE passkey SET revoked_at = now() WHERE person_id = $1', [ada.id])));
  it('where the person is deactivated, or has the role no more', async () => {
    await tampered(async (_, ada) => (await db()).rows(`UPDATE person SET state = 'deactivated' WHERE id = $1`, [ada.id]));
    await tampered(async (_, ada) => (await db()).rows(`UPDATE person SET roles = '{analyst}' WHERE id = $1`, [ada.id]));
  });
  const team = async (asked: Asked, name: string) => {
    await (await db()).rows(`UPDATE approval SET route = jsonb_set(route, '{groups}', jsonb_build_array(jsonb_build_object('team', $2::text, 'quorum', 1))) WHERE id = $1`, [asked.decision.approval!.id, name]);
    await signature('teams = ARRAY[$2]', asked, name);
  };
  it('where a team stands under a signature whose person is not of it, and does where they are', async () => {
    await tampered((asked) => team(asked, 'payments'));
    const join = async (asked: Asked, ada: Approver, name: string, archived: boolean) => {
      await (await db()).rows(`WITH t AS (INSERT INTO team (id, name, archived_at) VALUES ($1, $2, CASE WHEN $3 THEN now() END) RETURNING id) INSERT INTO team_member (team_id, person_id) SELECT id, $4 FROM t`, [newId(), name, archived, ada.id]);
      await team(asked, name);
    };
    await tampered((asked, ada) => join(asked, ada, 'former', true));
    await mailFor([{ team: 'treasury', quorum: 1 }]);
    expect(await (await prepared((asked, ada) => join(asked, ada, 'treasury', false))).collect()).toMatchObject({ decision: 'allow', permit: expect.any(String) });
    await mailFor([{ role: 'responder', quorum: 1 }]);
  });
  it('where the session acts for who signed, by id or by address', async () => {
    for (const by of ['id::text', 'upper(email)']) await tampered(async (asked, ada) => (await db()).rows(`UPDATE session SET principal_type = 'user', principal_id = (SELECT ${by} FROM person WHERE id = $2) WHERE id = $1`, [asked.sessionId, ada.id]));
  });
  it('where the agent’s owner signed, unless the route counts the owner', async () => {
    const own = (counts: boolean) => async (asked: Asked, ada: Approver) => {
      const sql = await db();
      await sql.rows('UPDATE agent SET owner_id = $2 WHERE id = (SELECT agent_id FROM session WHERE id = $1)', [asked.sessionId, ada.id]);
      await sql.rows(`UPDATE approval SET route = route || jsonb_build_object('ownerCounts', $2::boolean) WHERE id = $1`, [asked.decision.approval!.id, counts]);
    };
    await tampered(own(false));
    expect(await (await prepared(own(true))).collect()).toMatchObject({ decision: 'allow', permit: expect.any(String) });
    await (await db()).rows('UPDATE agent SET owner_id = NULL WHERE id IN (SELECT agent_id FROM session)');
  });
  it('where one of two did not sign', async () => {
    const [ada, asked] = [await approver(), await askedWithStepUp(2)];
    await approve(ada, asked, await sign(ada, asked));
    await grantByHand(asked);
    await noPermit(asked);
  });
});

describe('an approval that ran out', () => {
  it('is not opened again by a later use-by, nor by none', async () => {
    const [ada, asked] = [await approver(), await askedWithStepUp()];
    await approve(ada, asked, await sign(ada, asked));
    expect(await asked.collect()).toMatchObject({ decision: 'allow', permit: expect.any(String) });
    const sql = await db();
    // What the gateway asked is an hour old; what the console may write says otherwise.
    await sql.rows(`UPDATE approval SET decide_by = now() - interval '1 hour', use_by_ms = 60000 WHERE id = $1`, [asked.decision.approval!.id]);
    for (const useBy of [`now() + interval '1 day'`, 'NULL']) {
      await sql.rows(`UPDATE approval SET state = 'approved', use_by = ${useBy} WHERE id = $1`, [asked.decision.approval!.id]);
      const late = await asked.collect();
      expect(late).toMatchObject({ decision: 'deny', code: 'approval.expired' });
      expect(late).not.toHaveProperty('permit');
    }
  });
});
