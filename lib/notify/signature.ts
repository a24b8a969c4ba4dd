import { createHmac, timingSafeEqual } from 'node:crypto';

/** `t=<seconds>,v1=<hex>` with one `v1` for each live secret: HMAC-SHA256 of the time, a full stop and the body, byte for byte. */
export function signatureHeader(secrets: readonly string[], body: string, at: Date): string {
  const t = Math.floor(at.getTime() / 1_000);
  return [`t=${t}`, ...secrets.map((secret) => `v1=${macOf(secret, t, body)}`)].join(',');
}

/** What a receiver does: the secret that it knows, a time within five minutes, one `v1` that fits. Whatever else a header is, or is not there, is a no. */
export function verifySignature(secret: string, header: string | undefined, body: string, now: Date, toleranceSeconds = 300): boolean {
  const parts = (header ?? '').split(',', 12).map((part) => part.split('=', 2));
  const t = Number(parts.find(([name]) => name === 't')?.[1]);
  if (!Number.isInteger(t) || Math.abs(now.getTime() / 1_000 - t) > toleranceSeconds) return false;
  const expected = Buffer.from(macOf(secret, t, body), 'hex');
  // By its form first: a text of 64 characters may have more bytes, which the comparison would throw at.
  return parts.some(([name, value]) => name === 'v1' && value !== undefined && /^[0-9a-f]{64}$/.test(value) && timingSafeEqual(Buffer.from(value, 'hex'), expected));
}

const macOf = (secret: string, t: number, body: string) => createHmac('sha256', secret).update(`${t}.${body}`).digest('hex');
