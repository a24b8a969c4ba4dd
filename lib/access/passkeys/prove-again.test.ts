import { beforeEach, describe, expect, it, vi } from 'vitest';
import { makeContext } from '@/lib/context';
import { forbidden } from '@/lib/errors';
import { proveAgain } from './prove-again';

const state = vi.hoisted(() => ({ totp: 'on' as 'on' | 'none', turns: [] as string[], counted: 0 }));

vi.mock('../totp', () => ({ totpOf: async () => ({ kind: state.totp }), takeCodeTurn: async () => { state.counted++; } }));
vi.mock('../prove-owner', () => ({
  takeSecondFactor: async (_tx: unknown, _ctx: unknown, _id: string, code: string) => {
    if (code !== '123456') throw forbidden('That code is another one.');
    return { by: 'totp', events: [] };
  },
}));
vi.mock('../attempts', () => ({ accountKey: (email: string) => email, takeTurn: async (keys: string[]) => { state.turns.push(...keys); return { kind: 'admitted' }; }, giveBackTurn: async () => {} }));
vi.mock('@/lib/db', async (original) => ({ ...(await original<object>()), prisma: () => ({ person: { findUnique: async () => ({ passwordHash: 'kept' }) } }) }));

const id = '0198c5a0-7b1e-7c3a-9f00-000000000001';
const ctx = makeContext({ kind: 'person', id, name: 'Ada', email: 'ada@example.org', roles: ['analyst'], via: 'console', signInId: id });
const verify = vi.fn(async () => true);
const hasher = { hash: async () => '', verify, outdated: () => false };
const settle = async (secret: string) => (await proveAgain(ctx, { kind: 'add_passkey' }, { kind: 'secret', secret }, hasher)).settle({} as never, (tx) => tx as never);

beforeEach(() => { verify.mockClear(); state.turns = []; state.counted = 0; });

describe('showing once more that it is oneself, with a second step', () => {
  it('takes a code, counted as a code, and never the password', async () => {
    state.totp = 'on';
    await expect(settle('the right password')).rejects.toMatchObject({ code: 'forbidden' });
    expect(await settle('123456')).toEqual([]);
    expect(verify).not.toHaveBeenCalled();
    expect(state).toMatchObject({ counted: 2, turns: [] });
  });

  it('and without one the password', async () => {
    state.totp = 'none';
    await proveAgain(ctx, { kind: 'add_passkey' }, { kind: 'secret', secret: 'the right password' }, hasher);
    expect(verify).toHaveBeenCalledWith('kept', 'the right password');
    expect(state).toMatchObject({ counted: 0, turns: ['ada@example.org'] });
  });
});
