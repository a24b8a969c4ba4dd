import { createHmac } from 'node:crypto';
import { sqlTransactionOnce } from '@/lib/db';
import { callOut, OutboundRefusal } from '@/lib/outbound';
import { addReceipts, checkpointsAfter, takeTurn, type AnchorPlace } from './anchor-place';

export type WebhookOptions = { url: string; secret: string; allowLoopback: boolean; onFailed: (detail: string) => void };

const BATCH = 100;
const AGAIN_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 5 * 60_000;

/**
 * Posts checkpoints to somebody who keeps them, in order and at least once: `{"checkpoints": [{index, at, hash, jws}]}`, with
 * `countersign-signature: t=<seconds>,v1=<hex HMAC-SHA256 of "t.body" under the shared secret>`. Any 2xx is a receipt; what
 * failed is tried again, each time after twice as long.
 */
export function webhookAnchor({ url, secret, allowLoopback, onFailed }: WebhookOptions): AnchorPlace {
  const name = 'webhook';
  let failures = 0;
  return {
    name,
    async handOver() {
      const outcome = await sqlTransactionOnce(async (tx) => {
        await takeTurn(tx, name);
        const [done] = await tx.rows<{ last: number | null }>('SELECT max(checkpoint_idx)::int AS last FROM log.anchor_receipt WHERE anchor = $1 AND ok', [name]);
        const rows = await checkpointsAfter(tx, done?.last ?? 0, BATCH);
        if (rows.length === 0) return 'nothing' as const;
        const failed = await post(url, secret, allowLoopback, JSON.stringify({ checkpoints: rows.map(({ idx, at, hash, jws }) => ({ index: idx, at: at.toISOString(), hash, jws })) }));
        const indices = rows.map(({ idx }) => idx);
        // Of a long outage the newest checkpoint is enough to note.
        await addReceipts(tx, name, failed === undefined ? indices : indices.slice(-1), { ok: failed === undefined, detail: failed ?? '' });
        return { handed: rows.length, failed };
      });
      if (outcome !== 'nothing' && outcome.failed !== undefined) {
        onFailed(outcome.failed);
        return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures++, 20));
      }
      failures = 0;
      return outcome !== 'nothing' && outcome.handed === BATCH ? 0 : AGAIN_MS;
    },
  };
}

/** What went wrong, or undefined. */
async function post(url: string, secret: string, allowLoopback: boolean, body: string): Promise<string | undefined> {
  const at = Math.floor(Date.now() / 1_000);
  const signature = `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
  try {
    const { status } = await callOut({ url, method: 'POST', body, rules: { allowLoopback }, headers: { 'content-type': 'application/json', 'countersign-signature': signature } });
    return status >= 200 && status < 300 ? undefined : `it answered ${status}`;
  } catch (error) {
    if (error instanceof OutboundRefusal) return error.message;
    throw error;
  }
}
