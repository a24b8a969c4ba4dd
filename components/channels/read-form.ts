import type { ChangeChannel, CreateChannel, Smtp } from '@/lib/notify/schema';
import type { ChannelKind } from './view';

const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '').trim();

/** What the fields say; whether it fits is for the server to say. */
export function settingsOf(form: FormData): ChangeChannel['settings'] {
  const [to, from, host, user] = ['to', 'from', 'host', 'user'].map((name) => textOf(form, name)) as [string, string, string, string];
  return {
    groupSeconds: Number(textOf(form, 'groupSeconds')),
    ...(form.has('quietFrom') && { quiet: { from: textOf(form, 'quietFrom'), to: textOf(form, 'quietTo'), timeZone: textOf(form, 'timeZone') } }),
    ...(to !== '' && { to: to.split(/[\s,;]+/).filter(Boolean) }),
    ...(from !== '' && { from }),
    ...(host !== '' && { smtp: { host, port: Number(textOf(form, 'port')), security: textOf(form, 'security') as Smtp['security'], ...(user !== '' && { user }) } }),
  };
}

export function newChannelOf(form: FormData): CreateChannel {
  const kind = textOf(form, 'kind') as ChannelKind;
  const password = String(form.get('password') ?? '');
  const target: CreateChannel['target'] = kind === 'pagerduty' ? { kind, key: textOf(form, 'key'), region: textOf(form, 'region') === 'eu' ? 'eu' : 'us' } : kind === 'email' ? { kind, ...(password !== '' && { password }) } : { kind, address: textOf(form, 'address') };
  return { name: textOf(form, 'name'), target, settings: settingsOf(form), defaultPage: form.has('defaultPage') };
}
