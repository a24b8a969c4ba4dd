import { authorise } from '@/lib/access';
import type { Context } from '@/lib/context';
import { sql } from '@/lib/db';

export type BackupView = { kind: 'made' | 'restored'; at: string; by: string; backupId: string; events: number; sha256: string; madeAt?: string };

/** The last backups and restorations that are on the record, the newest first. */
export async function lastBackups(ctx: Context, limit: number): Promise<BackupView[]> {
  authorise(ctx, 'setting.read');
  const rows = await sql.rows<{ body: string }>(`SELECT body FROM log.event WHERE stream = 'org/system' AND type IN ('backup.made', 'backup.restored') ORDER BY seq DESC LIMIT $1`, [limit]);
  return rows.map(({ body }) => {
    const { type, recordedAt, actor, data } = JSON.parse(body) as { type: string; recordedAt: string; actor: { kind: string; id: string; name?: string }; data: { backupId: string; events?: number; sha256?: string; madeAt?: string } };
    return {
      kind: type === 'backup.made' ? 'made' as const : 'restored' as const, at: recordedAt, by: actor.kind === 'host' ? `${actor.id} on the host` : (actor.name ?? `the ${actor.id}`),
      backupId: data.backupId, events: data.events ?? 0, sha256: data.sha256 ?? '', ...(data.madeAt ? { madeAt: data.madeAt } : {}),
    };
  });
}
