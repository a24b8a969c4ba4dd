import { escapeSlack } from '../plain-text';
import type { NoticeBody } from '../schema';
import { sentenceOf } from '../sentences';
import type { HttpMessage } from './message';

/** The host of every incoming webhook. */
export const SLACK_HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'] as const;

/**
 * For an incoming webhook: one sentence with class and risk, and a link; never an argument or a title. The sentence is a block of plain text, in
 * which Slack finds no markup; the fallback for notifications has its three characters escaped.
 */
export function slackMessage(body: NoticeBody, address: string): HttpMessage {
  const sentence = sentenceOf(body);
  return {
    url: address, headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      text: escapeSlack(sentence), mrkdwn: false, unfurl_links: false, unfurl_media: false,
      blocks: [
        { type: 'section', text: { type: 'plain_text', text: sentence.slice(0, 2_900), emoji: false } },
        { type: 'context', elements: [{ type: 'mrkdwn', text: `<${escapeSlack(body.url)}|Open in Countersign> · ${escapeSlack(body.environment)}`, verbatim: true }] },
      ],
    }),
  };
}
