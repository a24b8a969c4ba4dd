import { env } from '@/lib/env';
import { callOut, OutboundRefusal, rulesFor, type OutboundPolicy } from '@/lib/outbound';
import { mailOf, sendMail, type MailServer } from './kinds/email';
import type { HttpMessage } from './kinds/message';
import { pagerDutyAddress, pagerDutyMessage } from './kinds/pagerduty';
import { slackMessage } from './kinds/slack';
import { webhookMessage } from './kinds/webhook';
import { ATTEMPT_MS, judgeAnswer, type Attempt } from './rules';
import type { ChannelKind, ChannelSettings, NoticeBody } from './schema';
import type { OpenedSecrets } from './sealed-secrets';

export type Sending = {
  channel: { kind: ChannelKind; settings: ChannelSettings; secrets: OpenedSecrets };
  notice: { body: NoticeBody; act: 'trigger' | 'resolve'; subject: string };
};
/** What the environment says of calling out: which machines of one's own network, and the mail server of channels that name none. */
export type SendingRules = { policy: OutboundPolicy; smtp?: { url: string; from: string } | undefined };

export const rulesOfEnvironment = (): SendingRules => {
  const { outboundAllowLoopback, outboundAllowHosts, smtp } = env();
  return { policy: { allowLoopback: outboundAllowLoopback, allowHosts: outboundAllowHosts }, smtp };
};

/** One attempt. Expected failures are its answer, in a sentence that names no path, secret or answer of the other side. */
export async function send({ channel, notice }: Sending, rules: SendingRules, now: Date): Promise<Attempt> {
  const { kind, settings, secrets } = channel;
  switch (kind) {
    case 'webhook':
      if (secrets.address === undefined || secrets.signing.length === 0) return unset;
      return post(webhookMessage(notice.body, { address: secrets.address, signing: secrets.signing }, now), rules);
    case 'slack':
      return secrets.address === undefined ? unset : post(slackMessage(notice.body, secrets.address), rules);
    case 'pagerduty':
      return secrets.key === undefined ? unset : post(pagerDutyMessage(notice.body, notice, { address: secrets.address ?? pagerDutyAddress('us'), key: secrets.key }), rules);
    case 'email': {
      const server = mailServer(settings, secrets.password, rules);
      const from = settings.from ?? rules.smtp?.from;
      if (!server || from === undefined || !settings.to) return { ok: false, status: null, final: true, error: 'It has no mail server, sender or mailbox. Name them in the channel, or the server in SMTP_URL and SMTP_FROM.' };
      return sendMail(mailOf(notice.body, { from, to: settings.to }), server);
    }
  }
}

const unset: Attempt = { ok: false, status: null, final: true, error: 'A secret of this channel is missing. Enter it anew.' };

async function post({ url, body, headers }: HttpMessage, { policy }: SendingRules): Promise<Attempt> {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  try {
    const answer = await callOut({ url, method: 'POST', body, headers, timeoutMs: ATTEMPT_MS, maxAnswerBytes: 16 * 1024, rules: rulesFor(host, policy) });
    return judgeAnswer(answer.status, answer.headers['retry-after']);
  } catch (error) {
    if (!(error instanceof OutboundRefusal)) throw error;
    return { ok: false, status: null, error: error.message, final: error.why === 'address' };
  }
}

/** The channel's own, under the rules for what people enter; or the operator's, who may name any machine but those that hand out credentials. */
function mailServer(settings: ChannelSettings, password: string | undefined, { policy, smtp }: SendingRules): MailServer | undefined {
  if (settings.smtp) return { ...settings.smtp, password, rules: rulesFor(settings.smtp.host, policy) };
  if (!smtp) return undefined;
  const url = new URL(smtp.url);
  const tls = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (tls ? 465 : 587), security: tls ? 'tls' : url.searchParams.get('plain') === '1' ? 'plain' : 'starttls',
    ...(url.username !== '' && { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) }), rules: { allowLoopback: true, allowInside: true },
  };
}
