import { authorise, notingRefusals, proveAgain } from '@/lib/access';
import type { CredentialProof } from '@/lib/access/schema';
import type { Context } from '@/lib/context';
import { sqlOfTx, type Sql } from '@/lib/db';
import { write, type Written } from '@/lib/log';

export type Proven = { proof?: CredentialProof | undefined };

/**
 * The transaction of a change of where people are told: by an administrator who has shown that it is them, by a passkey over a change of this
 * very channel, their password or code, or by having signed in within minutes. Whoever turns a page away silences an alarm.
 */
export async function changeOfChannel<V>(ctx: Context, channel: string, { proof }: Proven, work: (tx: Sql) => Promise<Written<V>>): Promise<V> {
  authorise(ctx, 'channel.manage');
  const proven = await proveAgain(ctx, { kind: 'change_channel', channel }, proof);
  return notingRefusals(ctx, (asStepUp) => write(ctx, async (tx) => {
    const events = await proven.settle(tx, asStepUp);
    const written = await work(sqlOfTx(tx));
    if (events.length === 0) return written;
    const [first, ...more] = 'events' in written ? [...written.events, ...events] : events;
    return { view: written.view, events: [first!, ...more] };
  }));
}
