import { alertTabs, type AlertFilter } from '@/lib/alerts/schema';
import { alertSeverities } from '@/lib/policies/schema';
import { idSchema } from '@/lib/protocol/ids';

export type AlertQuery = Partial<Record<'show' | 'severity' | 'agent' | 'session' | 'rule' | 'detector', string | string[]>>;

/** What an address asks for; what it says that means nothing is left out. */
export function alertFilter(query: AlertQuery): AlertFilter {
  const one = (name: keyof AlertQuery) => (typeof query[name] === 'string' ? query[name] : undefined);
  const id = (name: 'agent' | 'session') => { const value = one(name); return value !== undefined && idSchema.safeParse(value).success ? value : undefined; };
  const word = (name: 'rule' | 'detector') => { const value = one(name); return value !== undefined && /^[a-z0-9][a-z0-9._-]{0,63}$/.test(value) ? value : undefined; };
  return {
    tab: alertTabs.find((tab) => tab === one('show')) ?? 'open', severity: alertSeverities.find((severity) => severity === one('severity')),
    agentId: id('agent'), sessionId: id('session'), rule: word('rule'), detector: word('detector'),
  };
}
