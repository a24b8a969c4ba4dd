import { seededRandom } from './random';

const words = 'the customer asked again whether invoice shipment could be sent earlier because their office moves next week and nobody will be there to receive it please check warehouse stock before answering'.split(' ');

/**
 * The n-th action's tool and arguments, about 600 bytes as JSON. Half are comments on tickets, whose rules read little; half are pages of ever
 * new hosts of the organisation, so that Cedar is asked anew for each and no remembered answer helps.
 */
export function actionOf(n: number): { tool: string; args: Record<string, string> } {
  const random = seededRandom(n);
  let text = '';
  while (text.length < 540) text += `${words[Math.floor(random() * words.length)]} `;
  if (n % 2 === 0) return { tool: 'update_ticket', args: { ticketId: `T-${1000 + (n % 9000)}`, comment: text.trim() } };
  return { tool: 'fetch_url', args: { url: `https://case-${n}.apps.example.org/history?note=${text.trim().replaceAll(' ', '+')}` } };
}

const prepared = Array.from({ length: 4_096 }, (_, n) => actionOf(n + 1));

/** An `action.request` as JSON text; the host of a page is made new for every request. */
export function requestBody(sessionId: string, n: number): string {
  const { tool, args } = prepared[n & 4_095]!;
  const own = 'url' in args ? { url: args.url!.replace(/case-\d+/, `case-${n}`) } : args;
  return JSON.stringify({ sessionId, requestId: `r-${n}`, tool, args: own });
}
