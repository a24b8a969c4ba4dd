import { sql } from '@/lib/db';

export const dynamic = 'force-dynamic';

/** Whether the console can serve: its database answers within two seconds and carries the tables it reads. */
export async function GET(): Promise<Response> {
  const ready = await Promise.race([databaseAnswers(), new Promise<false>((resolve) => { setTimeout(resolve, 2_000, false).unref(); })]);
  return Response.json({ status: ready ? 'ready' : 'unavailable', checks: { database: ready } }, { status: ready ? 200 : 503, headers: { 'cache-control': 'no-store' } });
}

async function databaseAnswers(): Promise<boolean> {
  try {
    const [row] = await sql.rows<{ there: boolean }>(`SELECT to_regclass('public.sign_in') IS NOT NULL AND to_regclass('log.event') IS NOT NULL AS there`);
    return row?.there === true;
  } catch {
    return false;
  }
}
