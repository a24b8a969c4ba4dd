import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { isUniqueViolation, shareKeyTurn, sqlTransaction } from '@/lib/db';
import { env } from '@/lib/env';
import { conflict, invalid } from '@/lib/errors';
import { organisationEvent, record } from '@/lib/log';
import { addressProblem, rulesFor } from '@/lib/outbound/rules';
import { parseInput } from '@/lib/parse-input';
import { newId } from '@/lib/protocol/ids';
import { channelWrapper, rotaSecretPlace } from '@/lib/signing';
import { createRotaSchema, type CreateRota } from './schema';

/** Makes a name that routes can ask by being on call. A name is used once, also of an archived one: what the log says of it stays about that one. */
export async function createRota(ctx: Context, input: CreateRota): Promise<{ id: string; name: string }> {
  authorise(ctx, 'on_call.manage');
  const rota = parseInput(createRotaSchema, input);
  if (rota.source === 'webhook') checkAddress(rota.url);
  const id = newId();
  try {
    await sqlTransaction(async (tx) => {
      await shareKeyTurn(tx, 'channel-wrapping');
      const sealed = rota.source === 'hand_over' ? undefined : await channelWrapper().wrap(Buffer.from(rota.secret, 'utf8'), rotaSecretPlace(id));
      await tx.rows(
        'INSERT INTO on_call_rota (id, name, description, source, url, schedule_ids, sealed, key_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())',
        [id, rota.name, rota.description, rota.source, rota.source === 'webhook' ? rota.url : rota.source === 'pagerduty' ? rota.region : null, rota.source === 'pagerduty' ? rota.scheduleIds : [], sealed ? Buffer.from(new Uint8Array(sealed.bytes)) : null, sealed?.keyId ?? null],
      );
      await record(tx, ctx, [organisationEvent('on_call.rota_created', { rotaId: id, name: rota.name, source: rota.source })]);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(`There is or was a rota called ${rota.name}. Choose another name.`);
    throw error;
  }
  return { id, name: rota.name };
}

/** What could never be called is refused at the form; its name is looked up and held to the same at each call. */
function checkAddress(given: string): void {
  const url = new URL(given);
  const problem = addressProblem(url, rulesFor(url.hostname, { allowLoopback: env().outboundAllowLoopback, allowHosts: env().outboundAllowHosts }));
  if (problem) throw invalid(`/url: this address cannot be called: ${problem}.`, [{ path: '/url', message: problem }]);
}
