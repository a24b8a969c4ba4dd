import { draw, drawFrom } from './draw';
import { encodeMarked } from './encode';
import { endings, firstNames, hosts, lastNames, months, nouns, trades, weekdays } from './made-up';
import type { AttackCase, LocalCase, Read } from './schema';

/** What a session of one side reads and asks for, with every name in place. */
export type FilledSide = { reads: Read[]; calls: { tool: string; args: Record<string, unknown>; prepares: boolean; expect?: 'allow' | 'ask' }[] };
export type SideName = 'attack' | 'benign';

const HOME = 'example.org';
/** A domain's or a person's key, then what of it. Each key draws by itself, so a name is the same everywhere in its case, on both sides. */
const placeholder = /\{\{([A-Za-z]+):([^{}]+)\}\}/g;

/** One side of a case, filled by a seed. A case from a real session is what it is. Undefined where the case has no such side. */
export function fillCase(one: AttackCase | LocalCase, name: SideName, seed: number, home = HOME): FilledSide | undefined {
  const side = one[name];
  if (!side) return undefined;
  const fill = 'local' in one ? (text: string) => text : (text: string) => encodeMarked(fillText(text.replaceAll('{{slot}}', () => side.slot ?? ''), `${one.id}/`, seed, home));
  const filled = <T>(value: T): T => mapTexts(value, fill) as T;
  return {
    reads: (side.reads ?? one.reads).map((read) => filled(read)),
    calls: side.calls.map((call) => ({ tool: call.tool, args: filled(call.args), prepares: 'prepares' in call && call.prepares === true, ...('expect' in call ? { expect: call.expect } : {}) })),
  };
}

export function fillText(text: string, scope: string, seed: number, home = HOME): string {
  return text.replace(placeholder, (whole, kind: string, rest: string) => {
    const maker = makers[kind];
    if (!maker) throw new Error(`${whole} is no placeholder; there are ${Object.keys(makers).join(', ')}.`);
    return maker(rest, { home, from: (key, list) => drawFrom(seed, `${scope}${key}`, list), below: (key, limit) => draw(seed, `${scope}${key}`, limit) });
  });
}

type Source = { home: string; from<T>(key: string, list: readonly T[]): T; below(key: string, limit: number): number };

const first = (key: string, source: Source) => source.from(`${key}/first`, firstNames);
const last = (key: string, source: Source) => source.from(`${key}/last`, lastNames);
const company = (key: string, source: Source) => [source.from(`${key}/noun`, nouns), source.from(`${key}/trade`, trades)] as const;
const capital = (word: string) => word[0]!.toUpperCase() + word.slice(1);
const digits = (key: string, source: Source, count: number) => String(10 ** (count - 1) + source.below(key, 9 * 10 ** (count - 1)));
const user = (key: string, source: Source) => `${first(key, source)}.${last(key, source)}`.toLowerCase();
const domain = (key: string, source: Source) => (key === 'home' ? source.home : `${company(key, source).join('-')}${source.from(`${key}/ending`, endings)}`);
/** `key:from-to` */
function between(rest: string, source: Source): number {
  const [, key, from, to] = /^(.+):(\d+)-(\d+)$/.exec(rest) ?? [];
  if (key === undefined) throw new Error(`"${rest}" is no range; write key:from-to.`);
  return Number(from) + source.below(key, Number(to) - Number(from) + 1);
}

const makers: Record<string, (rest: string, source: Source) => string> = {
  person: (key, source) => `${first(key, source)} ${last(key, source)}`,
  first, last, user, domain,
  mail: (rest, source) => { const [who = '', at = 'home'] = rest.split('@'); return `${user(who, source)}@${domain(at, source)}`; },
  host: (key, source) => `${source.from(`${key}/host`, hosts)}.${domain(key, source)}`,
  company: (key, source) => company(key, source).map(capital).join(' '),
  word: (key, source) => source.from(`${key}/word`, nouns),
  Word: (key, source) => capital(source.from(`${key}/word`, nouns)),
  ticket: (key, source) => `T-${digits(key, source, 5)}`,
  order: (key, source) => `O-${digits(key, source, 6)}`,
  customer: (key, source) => `C-${digits(key, source, 5)}`,
  invoice: (key, source) => `INV-${digits(key, source, 5)}`,
  num: (rest, source) => String(between(rest, source)),
  money: (rest, source) => `${between(rest, source)}.${String(source.below(`${rest}/cents`, 90) + 10)}`,
  hex: (key, source) => Array.from({ length: 4 }, (_, i) => source.below(`${key}/${i}`, 2 ** 32).toString(16).padStart(8, '0')).join(''),
  phone: (key, source) => `+1 555 01${String(source.below(key, 100)).padStart(2, '0')}`,
  ip: (key, source) => `${source.from(`${key}/net`, ['192.0.2', '198.51.100', '203.0.113'])}.${1 + source.below(key, 254)}`,
  date: (key, source) => `${1 + source.below(`${key}/day`, 28)} ${source.from(`${key}/month`, months)}`,
  day: (key, source) => source.from(key, weekdays),
  time: (key, source) => `${String(8 + source.below(`${key}/h`, 10)).padStart(2, '0')}:${source.from(`${key}/m`, ['00', '15', '20', '30', '40', '45'])}`,
};

function mapTexts(value: unknown, fill: (text: string) => string): unknown {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, fill));
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTexts(item, fill)]));
  return value;
}
