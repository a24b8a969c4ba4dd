import { isIP } from 'node:net';

type Caller = { ip?: string; userAgent?: string };

/**
 * Who is on the other end, for the record and for counting attempts. The gateway in front appends the address it saw, so only the
 * last entry is anybody's but the caller's own claim.
 */
export function callerOf(headers: { get(name: string): string | null }): Caller {
  const last = headers.get('x-forwarded-for')?.split(',').at(-1)?.trim();
  const userAgent = headers.get('user-agent')?.replace(/[^\x20-\x7e]/g, ' ').slice(0, 300);
  return { ...(last && isIP(last) ? { ip: last } : {}), ...(userAgent ? { userAgent } : {}) };
}
