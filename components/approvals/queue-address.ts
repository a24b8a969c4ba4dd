export const shows = ['yours', 'others', 'decided'] as const;
export type QueueShow = (typeof shows)[number];

/** Which part of the queue is looked at: all of it is in the address, so that it can be pasted to a colleague. */
export type QueueAsk = { show: QueueShow; sort: 'left' | 'new'; grouped: boolean; search: string; agent?: string; tool?: string; rule?: string; risk?: 'low' | 'medium' | 'high' | 'critical'; group?: string };

type Read = { get(name: string): string | null };

/** Whatever is unknown in an address asks for nothing. */
export function readAsk(from: Read): QueueAsk {
  const text = (name: string, most = 300) => { const value = from.get(name); return value !== null && value !== '' && value.length <= most ? value : undefined; };
  const show = from.get('show');
  const risk = from.get('risk');
  const group = from.get('group');
  const [agent, tool, rule] = [text('agent', 36), text('tool'), text('rule')];
  return {
    show: shows.find((one) => one === show) ?? 'yours', sort: from.get('sort') === 'new' ? 'new' : 'left', grouped: from.get('by') === 'group', search: text('q', 200) ?? '',
    ...(agent !== undefined && /^[0-9a-f-]{36}$/.test(agent) ? { agent } : {}), ...(tool !== undefined && { tool }), ...(rule !== undefined && { rule }),
    ...(risk === 'low' || risk === 'medium' || risk === 'high' || risk === 'critical' ? { risk } : {}), ...(group !== null && /^[0-9a-f]{32}$/.test(group) ? { group } : {}),
  };
}

/** The part of an address after its path; empty for what is shown without being asked for. The same view is always written the same. */
export function writeAsk({ show, sort, grouped, search, agent, tool, rule, risk, group }: QueueAsk): string {
  const pairs: [string, string | undefined][] = [
    ['show', show === 'yours' ? undefined : show], ['sort', sort === 'left' ? undefined : sort], ['by', grouped ? 'group' : undefined], ['q', search.trim() || undefined], ['agent', agent], ['tool', tool], ['rule', rule], ['risk', risk], ['group', group],
  ];
  const query = new URLSearchParams(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined)).toString();
  return query === '' ? '' : `?${query}`;
}

export const isNarrowed = ({ search, agent, tool, rule, risk, group }: QueueAsk): boolean => search.trim() !== '' || [agent, tool, rule, risk, group].some((one) => one !== undefined);
export const addressOf = (id: string | undefined, ask: QueueAsk): string => `/approvals${id === undefined ? '' : `/${id}`}${writeAsk(ask)}`;
