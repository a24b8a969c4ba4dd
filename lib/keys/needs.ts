import { sql } from '@/lib/db';
import { readUnverifiedJws } from '@/lib/protocol/verify-jws';

const keys = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

export async function wrappedSessions(kid: string): Promise<string | undefined> {
  const [row] = await sql.rows<{ count: number }>('SELECT count(*)::float8 AS count FROM session_key WHERE wrapping_key_id = $1 AND wrapped IS NOT NULL', [kid]);
  return row!.count > 0 ? `the texts of ${keys(row!.count, 'session')} open with it alone. Run "countersign keys rewrap payload-wrapping" first.` : undefined;
}

export async function sealedCredentials(kid: string): Promise<string | undefined> {
  const [row] = await sql.rows<{ count: number }>('SELECT count(*)::float8 AS count FROM totp WHERE key_id = $1', [kid]);
  return row!.count > 0 ? `${keys(row!.count, 'one-time-password secret')} open with it alone. Run "countersign keys rewrap credential-wrapping" first.` : undefined;
}

export async function sealedChannels(kid: string): Promise<string | undefined> {
  const [row] = await sql.rows<{ count: number }>('SELECT ((SELECT count(*) FROM channel_secret WHERE key_id = $1) + (SELECT count(*) FROM on_call_rota WHERE key_id = $1))::float8 AS count', [kid]);
  return row!.count > 0 ? `${keys(row!.count, 'secret')} of notification channels and rotas open with it alone. Run "countersign keys rewrap channel-wrapping" first.` : undefined;
}

export async function activeBundleSignedBy(kid: string): Promise<boolean> {
  const [row] = await sql.rows<{ jws: string }>('SELECT jws FROM bundle WHERE activated_at IS NOT NULL ORDER BY sequence DESC LIMIT 1');
  return kidOf(row?.jws) === kid;
}

export async function newestCheckpointSignedBy(kid: string): Promise<boolean> {
  const [row] = await sql.rows<{ jws: string }>('SELECT jws FROM log.checkpoint ORDER BY idx DESC LIMIT 1');
  return kidOf(row?.jws) === kid;
}

function kidOf(jws: string | undefined): string | undefined {
  const read = jws === undefined ? undefined : readUnverifiedJws(jws);
  return read?.ok ? read.kid : undefined;
}
