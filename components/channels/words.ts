import { sayClock } from '@/components/ui/say-time';
import type { ChannelKind, ChannelView, NoticeView, ToldView } from '@/lib/notify/schema';

export const kindWords: Record<ChannelKind, string> = { webhook: 'Webhook', slack: 'Slack', pagerduty: 'PagerDuty', email: 'E-mail' };

/** The page's first words. */
export function channelsHeadline(channels: readonly Pick<ChannelView, 'failingSince'>[], dead: number): string {
  if (channels.length === 0) return 'Nobody is told anything outside this console.';
  const failing = channels.filter((one) => one.failingSince !== null).length;
  const all = channels.length === 1 ? 'One channel tells people.' : `${channels.length} channels tell people.`;
  return [all, ...(failing > 0 ? [failing === 1 ? 'One fails.' : `${failing} fail.`] : []), ...(dead > 0 ? [dead === 1 ? 'One notice was given up.' : `${dead.toLocaleString('en')} notices were given up.`] : [])].join(' ');
}

type Named = { notify?: readonly string[] | undefined; escalation?: readonly { notify?: readonly string[] | undefined }[] | undefined };

/** Which routes name a channel, for the first asking or a tier; by the channel's name, those that there is none of too. */
export function routesByChannel(routes: Readonly<Record<string, Named>>): Map<string, string[]> {
  const named = new Map<string, string[]>();
  for (const [route, { notify = [], escalation = [] }] of Object.entries(routes)) {
    for (const channel of new Set([...notify, ...escalation.flatMap((tier) => tier.notify ?? [])])) named.set(channel, [...(named.get(channel) ?? []), route]);
  }
  return named;
}

const momentNames: Record<string, string> = { asked: 'A question', unmet: 'A route nobody can meet', raised: 'An alert', more: 'More questions', resolved: 'An end', test: 'A test page' };
export const momentWords = ({ moment }: Pick<NoticeView, 'moment'>): string => momentNames[moment] ?? (moment.startsWith('escalated:') ? `A question, tier ${moment.slice('escalated:'.length)}` : moment);

export const stateWords: Record<NoticeView['state'], string> = { waiting: 'waits', grouped: 'gathered', delivered: 'delivered', overtaken: 'settled before it was told', dead: 'given up', discarded: 'discarded' };

export const triesWords = (attempts: number): string => (attempts === 0 ? 'not tried yet' : attempts === 1 ? 'tried once' : `tried ${attempts} times`);

/** "Slack sec told 14:02:11". Whom an approval's card says it was told to. */
export const toldWords = ({ kind, channel, moment, at }: ToldView): string => `${kindWords[kind]} ${channel} told ${sayClock(at)}${moment.startsWith('escalated:') ? ` of tier ${moment.slice('escalated:'.length)}` : moment === 'unmet' ? ' that nobody can decide' : ''}`;

/** What a channel's settings come to, in short. */
export function settingsWords({ settings, defaultPage }: Pick<ChannelView, 'settings' | 'defaultPage'>): string {
  const { quiet, groupSeconds } = settings;
  return [
    ...(defaultPage ? ['pages go here'] : []),
    groupSeconds === 0 ? 'tells each' : `gathers for ${groupSeconds} s`,
    ...(quiet ? [`quiet ${quiet.from} to ${quiet.to} ${quiet.timeZone}`] : []),
  ].join(' · ');
}
