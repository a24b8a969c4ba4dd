export const dynamic = 'force-dynamic';

/** The process answers. Nothing else is asked, so that a slow database restarts nobody. */
export function GET(): Response {
  return Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
}
