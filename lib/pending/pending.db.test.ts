import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf, makePasskey, recorded, useConsoleDatabase } from '@/lib/access/testing';
import { beginApproval } from '@/lib/approvals';
import { makeContext, type Actor, type Context } from '@/lib/context';
import { prisma, sql } from '@/lib/db';
import { newId } from '@/lib/protocol/ids';
import { beginRelease, engageSwitch, getOrder } from '@/lib/switches';
import { releaseChecklist } from '@/lib/switches/schema';
import { insertPerson } from '@/lib/testing/fleet';
import type { SoftwareAuthenticator } from '@/lib/testing/software-authenticator';
import { dismissRequest, finishRequest, getPendingRequest, leaveRequest, listPendingRequests, type PendingRequest } from '.';
import { MOST_PENDING } from './schema';

useConsoleDatabase();

type Someone = { console: Context; token: Context; id: string; authenticator: SoftwareAuthenticator };
let ada: Someone;
let bob: Someone;
const host = makeContext({ kind: 'host', user: 'root' });

async function someone(name: string): Promise<Someone> {
  const actor: Extract<Actor, { kind: 'person' }> = await insertPerson(sql, name, ['responder']);
  return { id: actor.id, console: makeContext(actor), token: makeContext({ ...actor, via: 'token' }), authenticator: (await makePasskey(actor.id)).authenticator };
}
beforeAll(async () => { [ada, bob] = [await someone('Ada'), await someone('Bob')]; });

async function left(who = ada): Promise<{ request: PendingRequest; orderId: string }> {
  const order = await engageSwitch(host, { scope: 'session', target: newId() });
  return { orderId: order.id, request: await leaveRequest(who.token, { kind: 'switch_release', objectId: order.id, body: { checklist: [...releaseChecklist], reason: 'over' } }) };
}
async function signed(orderId: string, who = ada) {
  const { challengeId, options } = await beginRelease(who.console, { orderId, as: 'requested' });
  return { kind: 'passkey' as const, challengeId, response: who.authenticator.authenticate(options) };
}
const stateOf = async (orderId: string) => (await getOrder(orderId))!.order.state;

describe('what a token asked for', () => {
  it('is finished by its person with their passkey, once, and both are on the record', async () => {
    const { request, orderId } = await left();
    expect((await listPendingRequests(ada.console)).map((one) => one.id)).toContain(request.id);
    await finishRequest(ada.console, { id: request.id, stepUp: await signed(orderId) });
    expect(await stateOf(orderId)).toMatchObject({ state: 'release_requested', pending: { by: { id: ada.id }, reason: 'over', checklist: [...releaseChecklist] } });
    expect((await getPendingRequest(ada.console, request.id))!.state).toMatchObject({ kind: 'finished', outcome: 'done' });
    expect(await codeOf(finishRequest(ada.console, { id: request.id, stepUp: await signed(orderId) }))).toBe('conflict');
    expect((await listPendingRequests(ada.console)).map((one) => one.id)).not.toContain(request.id);
    expect((await recorded('person.request_left')).at(-1)!.data).toMatchObject({ personId: ada.id, requestId: request.id, objectId: orderId });
    expect((await recorded('person.request_finished')).at(-1)!.data).toMatchObject({ requestId: request.id, outcome: 'done' });
  });

  it('is nobody else’s: neither to see, nor to finish, nor to end', async () => {
    const { request, orderId } = await left();
    expect(await getPendingRequest(bob.console, request.id)).toBeUndefined();
    expect(await codeOf(finishRequest(bob.console, { id: request.id, stepUp: await signed(orderId, bob) }))).toBe('not_found');
    expect(await codeOf(dismissRequest(bob.console, { id: request.id }))).toBe('not_found');
    expect(await codeOf(finishRequest(ada.token, { id: request.id, stepUp: await signed(orderId) }))).toBe('forbidden');
    expect(await stateOf(orderId)).toEqual({ state: 'engaged' });
  });

  it('is over after fifteen minutes', async () => {
    const { request, orderId } = await left();
    expect(Date.parse(request.expiresAt) - Date.parse(request.createdAt)).toBe(15 * 60_000);
    await prisma().pendingRequest.update({ where: { id: request.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await codeOf(finishRequest(ada.console, { id: request.id, stepUp: await signed(orderId) }))).toBe('conflict');
    expect((await getPendingRequest(ada.console, request.id))!.state).toEqual({ kind: 'expired' });
    expect(await stateOf(orderId)).toEqual({ state: 'engaged' });
  });

  it('of two tries at once one finishes it', async () => {
    const { request, orderId } = await left();
    const keys = [await signed(orderId), await signed(orderId)];
    const codes = await Promise.all(keys.map((stepUp) => codeOf(finishRequest(ada.console, { id: request.id, stepUp }))));
    expect(codes.sort()).toEqual(['conflict', 'fine']);
  });

  it('waits on where the key was not taken, and ends where no second try can help', async () => {
    const { request, orderId } = await left();
    const other = await left();
    expect(await codeOf(finishRequest(ada.console, { id: request.id, stepUp: await signed(other.orderId) }))).toBe('step_up_required');
    expect((await getPendingRequest(ada.console, request.id))!.state).toEqual({ kind: 'open' });
    await prisma().person.update({ where: { id: ada.id }, data: { roles: ['responder'] } });
    await finishRequest(ada.console, { id: other.request.id, stepUp: await signed(other.orderId) });
    const again = await leaveRequest(ada.token, { kind: 'switch_release', objectId: other.orderId, body: { checklist: [...releaseChecklist] } });
    expect(await codeOf(finishRequest(ada.console, { id: again.id, stepUp: await signed(other.orderId) }))).toBe('conflict');
    expect((await getPendingRequest(ada.console, again.id))!.state).toMatchObject({ kind: 'finished', outcome: 'refused' });
    await finishRequest(ada.console, { id: request.id, stepUp: await signed(orderId) });
  });

  it('is open again a minute after somebody took it and died, and not before', async () => {
    const { request, orderId } = await left();
    await prisma().pendingRequest.update({ where: { id: request.id }, data: { finishedAt: new Date(), outcome: null } });
    expect((await getPendingRequest(ada.console, request.id))!.state).toEqual({ kind: 'under_way' });
    expect(await codeOf(finishRequest(ada.console, { id: request.id, stepUp: await signed(orderId) }))).toBe('conflict');
    await prisma().pendingRequest.update({ where: { id: request.id }, data: { finishedAt: new Date(Date.now() - 61_000) } });
    expect((await listPendingRequests(ada.console)).map((one) => one.id)).toContain(request.id);
    await finishRequest(ada.console, { id: request.id, stepUp: await signed(orderId) });
    expect(await stateOf(orderId)).toMatchObject({ state: 'release_requested' });
    // It went through, and whoever carried it out died before saying so.
    await prisma().pendingRequest.update({ where: { id: request.id }, data: { finishedAt: new Date(Date.now() - 61_000), outcome: null } });
    await finishRequest(ada.console, { id: request.id, stepUp: await signed(orderId) });
    expect((await getPendingRequest(ada.console, request.id))!.state).toMatchObject({ kind: 'finished', outcome: 'done' });
  });

  it('is one of twenty at most that wait for a person', async () => {
    const eve = await someone('Eve');
    const ask = (n: number) => leaveRequest(eve.token, { kind: 'switch_release', objectId: newId(), body: { checklist: [], reason: String(n) } });
    for (let n = 0; n < MOST_PENDING; n++) await ask(n);
    await expect(ask(20)).rejects.toMatchObject({ code: 'conflict', data: { why: 'too_many' } });
    await prisma().pendingRequest.updateMany({ where: { personId: eve.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    await ask(21);
  });

  it('can be let be without a key', async () => {
    const { request, orderId } = await left();
    await dismissRequest(ada.console, { id: request.id });
    expect(await codeOf(finishRequest(ada.console, { id: request.id, stepUp: await signed(orderId) }))).toBe('conflict');
    expect((await recorded('person.request_finished')).at(-1)!.data).toMatchObject({ requestId: request.id, outcome: 'refused' });
  });

  it('of a release takes no one-time password, and goes on waiting', async () => {
    const { request, orderId } = await left();
    expect(await codeOf(finishRequest(ada.console, { id: request.id, stepUp: { kind: 'totp', challengeId: newId(), code: '123456' } }))).toBe('invalid');
    expect((await getPendingRequest(ada.console, request.id))!.state).toEqual({ kind: 'open' });
    expect(await stateOf(orderId)).toMatchObject({ state: 'engaged' });
  });

  it('is the same request when it is asked for again, and another one when it is another thing', async () => {
    const { request, orderId } = await left();
    const same = await leaveRequest(ada.token, { kind: 'switch_release', objectId: orderId, body: { checklist: [...releaseChecklist], reason: 'over' } });
    const other = await leaveRequest(ada.token, { kind: 'switch_release', objectId: orderId, body: { checklist: [...releaseChecklist], reason: 'really over' } });
    expect([same.id === request.id, other.id === request.id]).toEqual([true, false]);
    expect(await codeOf(leaveRequest(makeContext({ kind: 'service_account', id: newId(), name: 'bot', roles: ['admin'], tokenId: newId() }), { kind: 'switch_release', objectId: orderId, body: { checklist: [] } }))).toBe('forbidden');
  });

  it('of an approval is bound to the arguments that the token saw', async () => {
    const objectId = newId();
    const request = await leaveRequest(ada.token, { kind: 'approval_decision', objectId, body: { digest: 'a'.repeat(64) } });
    const { challengeId, options } = await beginApproval(ada.console, { approvalId: objectId, digest: 'b'.repeat(64) });
    expect(await codeOf(finishRequest(ada.console, { id: request.id, stepUp: { kind: 'passkey', challengeId, response: ada.authenticator.authenticate(options!) } }))).toBe('not_found');
    expect((await getPendingRequest(ada.console, request.id))!.state).toMatchObject({ kind: 'finished', outcome: 'refused' });
  });
});
