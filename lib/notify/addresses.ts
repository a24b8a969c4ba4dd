import { isIP } from 'node:net';
import { env } from '@/lib/env';
import { invalid } from '@/lib/errors';
import { addressProblem, mayCall, rulesFor } from '@/lib/outbound/rules';
import { pagerDutyAddress } from './kinds/pagerduty';
import { SLACK_HOSTS } from './kinds/slack';
import type { ChannelTarget } from './schema';

type Called = Exclude<ChannelTarget, { kind: 'email' }>;

/**
 * The address of a channel, refused where it could never be called: said at the form, and held again at each call, when its name is looked
 * up. Slack and PagerDuty have their own hosts; others stand for them only where the environment names them.
 */
export function addressOf(target: Called): URL {
  const given = target.kind === 'pagerduty' ? (target.address ?? pagerDutyAddress(target.region ?? 'us')) : target.address;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url) throw refused('That is no address. One looks like https://hooks.example.org/countersign.');
  const policy = { allowLoopback: env().outboundAllowLoopback, allowHosts: env().outboundAllowHosts };
  const rules = rulesFor(url.hostname, policy);
  const problem = addressProblem(url, rules);
  if (problem) throw refused(`This address cannot be called: ${problem}.`);
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) && !mayCall(literal, rules)) throw refused('This is an address inside. Have it named in OUTBOUND_ALLOW_HOSTS where it is meant.');
  const theirs: readonly string[] = target.kind === 'slack' ? SLACK_HOSTS : target.kind === 'pagerduty' ? ['events.pagerduty.com', 'events.eu.pagerduty.com'] : [url.hostname];
  if (!theirs.includes(url.hostname) && !policy.allowHosts.includes(literal)) throw refused(target.kind === 'slack' ? 'An incoming webhook of Slack begins with https://hooks.slack.com/. For anything else make a webhook.' : 'Events go to events.pagerduty.com or events.eu.pagerduty.com.');
  url.hash = '';
  return url;
}

const refused = (message: string) => invalid(message, [{ path: '/target/address', message }]);
