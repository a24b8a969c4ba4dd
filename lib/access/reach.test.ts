import { beforeEach, describe, expect, it, vi } from 'vitest';
import { makeContext, type Role } from '@/lib/context';
import { unlinkIdentity } from './link-identity';
import { resetTotp } from './remove-totp';

const target = vi.hoisted(() => ({ id: '0198c5a0-7b1e-7c3a-9f00-000000000001', roles: [] as string[] }));
const taken = vi.hoisted(() => vi.fn(async () => ({ count: 1 })));

vi.mock('@/lib/log', async (original) => ({
  ...(await original<object>()),
  write: async (_ctx: unknown, work: (tx: object) => Promise<{ view: unknown }>) => (await work({
    $queryRaw: async () => [{ ...target, email: 'b@example.org', name: 'B', state: 'active', passwordHash: 'x', createdAt: new Date(0) }],
    customRole: { findMany: async () => [] },
    totp: { deleteMany: taken },
    recoveryCode: { deleteMany: async () => ({ count: 0 }) },
    identity: { findUnique: async () => ({ id: target.id, personId: target.id, issuer: 'https://idp.example', subject: 's' }), count: async () => 1, deleteMany: taken },
    passkey: { count: async () => 1 },
    person: { findUniqueOrThrow: async () => ({ ...target, passwordHash: 'x', managedBy: null }) },
  })).view,
}));

const manager = (roles: Role[]) => makeContext({ kind: 'person', id: '0198c5a0-7b1e-7c3a-9f00-000000000002', name: 'M', email: 'm@example.org', roles, via: 'console', customRoles: [{ name: 'helpdesk', verbs: ['person.manage'] }] });

beforeEach(() => { taken.mockClear(); });

describe.each([['the second step', resetTotp], ['the link to a provider', unlinkIdentity]] as const)('taking away %s of somebody who may do more than oneself', (_, act) => {
  it('is refused, and nothing is taken', async () => {
    target.roles = ['admin'];
    await expect(act(manager(['viewer']), target.id)).rejects.toMatchObject({ code: 'forbidden' });
    target.roles = ['analyst'];
    await expect(act(manager(['viewer']), target.id)).rejects.toMatchObject({ code: 'forbidden' });
    expect(taken).not.toHaveBeenCalled();
  });
});

it('the second step of somebody within reach is taken away', async () => {
  target.roles = ['viewer'];
  await resetTotp(manager(['viewer']), target.id);
  target.roles = ['admin'];
  await resetTotp(manager(['admin']), target.id);
  expect(taken).toHaveBeenCalledTimes(2);
});
