import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';
import { isKeyName, publicKeyText, type KeyProvider } from '@/lib/signing';
import { rotatableNames } from './rules';
import type { KeyView } from './schema';

type Use = { name: string; kid: string; uses: number; first: Date; last: Date };

/** Every live key, and how it is used. It reads what anybody may know: ids, dates and public halves. */
export async function listKeys(ctx: Context, keys: KeyProvider): Promise<KeyView[]> {
  authorise(ctx, 'key.read');
  // Whoever has just rotated one wants to see it.
  await keys.refresh();
  const rows = await sql.rows<Use>('SELECT name, kid, sum(uses)::float8 AS uses, min(first_used_at) AS first, max(last_used_at) AS last FROM key_use GROUP BY name, kid');
  const uses = new Map(rows.map((row) => [`${row.name} ${row.kid}`, row]));
  const views: KeyView[] = [];
  for (const name of rotatableNames) {
    const pinned = name === 'control/order' || name === 'checkpoint' ? new Map((await keys.publicKeys(name)).map((key) => [key.kid, key])) : undefined;
    for (const one of await keys.list(name)) {
      const use = uses.get(`${name} ${one.kid}`);
      const key = isKeyName(name) ? pinned?.get(one.kid) : undefined;
      views.push({
        name, kid: one.kid, state: one.state, createdAt: one.createdAt.toISOString(), signsFrom: one.signsFrom?.toISOString() ?? null, overlapUntil: one.overlapUntil?.toISOString() ?? null,
        uses: use?.uses ?? 0, firstUsedAt: use?.first.toISOString() ?? null, lastUsedAt: use?.last.toISOString() ?? null, publicKey: key ? publicKeyText(key.jwk) : null,
      });
    }
  }
  return views;
}
