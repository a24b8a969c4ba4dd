import { makePasskey } from '@/lib/access/testing';
import { makeContext, type Actor, type Context } from '@/lib/context';
import { beginRelease, releaseSwitch, requestRelease } from '.';
import { releaseChecklist, type OrderView } from './schema';

export type Releaser = { ctx: Context; ask(orderId: string): Promise<OrderView>; agree(orderId: string): Promise<OrderView> };

/** Somebody with a passkey in software, who asks for releases and agrees to them as the console would have it. */
export async function releaserWithPasskey(actor: Extract<Actor, { kind: 'person' }>): Promise<Releaser> {
  const { authenticator } = await makePasskey(actor.id);
  const ctx = makeContext(actor);
  const signed = async (orderId: string, as: 'requested' | 'seconded') => {
    const { challengeId, options } = await beginRelease(ctx, { orderId, as });
    return { kind: 'passkey' as const, challengeId, response: authenticator.authenticate(options) };
  };
  return {
    ctx,
    ask: async (orderId) => requestRelease(ctx, { orderId, checklist: [...releaseChecklist], stepUp: await signed(orderId, 'requested') }),
    agree: async (orderId) => releaseSwitch(ctx, { orderId, stepUp: await signed(orderId, 'seconded') }),
  };
}
