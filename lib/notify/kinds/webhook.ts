import { signatureHeader } from '../signature';
import type { NoticeBody } from '../schema';
import type { HttpMessage } from './message';

/** The body as it is documented, under one signature for each live secret; both are made anew at each attempt, the id stays. */
export function webhookMessage(body: NoticeBody, { address, signing }: { address: string; signing: readonly string[] }, now: Date): HttpMessage {
  const text = JSON.stringify(body);
  return { url: address, body: text, headers: { 'content-type': 'application/json', 'countersign-signature': signatureHeader(signing, text, now), 'countersign-id': body.id } };
}
