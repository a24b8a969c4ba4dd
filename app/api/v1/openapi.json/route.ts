import { openApi } from '../_open-api';

/** The description itself is no secret: it is the same in every installation. */
export function GET(): Response {
  return Response.json(openApi(), { headers: { 'cache-control': 'public, max-age=300' } });
}
