import type { IncomingMessage } from 'node:http';
import { DomainError } from '@/lib/errors';

/** The whole body, at most `maxBytes` of it; throws `invalid` beyond that and stops reading. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new DomainError('invalid', `The body is larger than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
