import { randomBytes } from 'node:crypto';
import type { Context } from '@/lib/context';
import { recordedActor } from '@/lib/context';
import { isUniqueViolation } from '@/lib/db';
import { conflict } from '@/lib/errors';
import { organisationEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { partsOf, takeDefaultPage } from './channel-rows';
import { changeOfChannel, type Proven } from './prove-change';
import { createChannelSchema, type CreateChannel } from './schema';
import { keepSecret } from './sealed-secrets';

/** Made here and shown once, so that it is no word that somebody thought of. */
export const newSigningSecret = (): string => `cs_whsec_${randomBytes(32).toString('base64url')}`;

/** Makes a channel. A webhook's signing secret is in this answer and nowhere else afterwards. */
export async function createChannel(ctx: Context, input: CreateChannel, proven: Proven = {}): Promise<{ id: string; signingSecret: string | null }> {
  const { name, target, settings, defaultPage } = parseInput(createChannelSchema, input);
  const { secrets, leadsTo } = partsOf(target, settings);
  const signingSecret = target.kind === 'webhook' ? newSigningSecret() : null;
  const id = newId();
  try {
    return await changeOfChannel(ctx, name, proven, async (tx) => {
      if (defaultPage) await takeDefaultPage(tx, id);
      await tx.rows('INSERT INTO channel (id, name, kind, leads_to, settings, default_page, created_at, created_by, changed_at) VALUES ($1::uuid, $2, $3, $4, $5::jsonb, $6, $7::timestamptz, $8::jsonb, $7::timestamptz)',
        [id, name, target.kind, leadsTo, JSON.stringify(settings), defaultPage, ctx.now(), JSON.stringify(recordedActor(ctx.actor))]);
      for (const [what, word] of [...secrets, ...(signingSecret === null ? [] : [['signing', signingSecret] as const])]) await keepSecret(tx, id, what, word, ctx.now());
      return { view: { id, signingSecret }, events: [organisationEvent('channel.created', { channelId: id, name, kind: target.kind, leadsTo, defaultPage })] };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(`There is a channel "${name}" already. Choose another name, or remove that one first.`);
    throw error;
  }
}
