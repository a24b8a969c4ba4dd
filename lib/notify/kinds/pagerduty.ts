import { pagerDutyRegions, type NoticeBody } from '../schema';
import { sentenceOf, severityOf } from '../sentences';
import type { HttpMessage } from './message';

/** What PagerDuty takes of a summary. */
const LONGEST_SUMMARY = 1_024;

export const pagerDutyAddress = (region: keyof typeof pagerDutyRegions): string => `https://${pagerDutyRegions[region]}/v2/enqueue`;

/** An Events API v2 event: one alert there for each approval, alert or group here, resolved under the same key; what is told again under it is the same page. */
export function pagerDutyMessage(body: NoticeBody, { act, subject }: { act: 'trigger' | 'resolve'; subject: string }, { address, key }: { address: string; key: string }): HttpMessage {
  const dedup = { routing_key: key, dedup_key: `countersign/${body.environment}/${subject}`.slice(0, 255) };
  const event = act === 'resolve' ? { ...dedup, event_action: 'resolve' } : {
    ...dedup, event_action: 'trigger', client: 'Countersign', client_url: body.url, links: [{ href: body.url, text: 'Open in Countersign' }],
    payload: { summary: sentenceOf(body).slice(0, LONGEST_SUMMARY), source: new URL(body.url).host, severity: severityOf(body), timestamp: body.at, component: body.channel, class: body.type, custom_details: { id: body.id, environment: body.environment } },
  };
  return { url: address, headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) };
}
