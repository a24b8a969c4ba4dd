import { normalPath } from '@/lib/policies';
import { canonicalJson } from '@/lib/protocol/canonical-json';
import type { FactFormat } from '@/lib/protocol/registry';
import { factOf, membersOf } from './members';

/** Some members left out, the others as they were and in their order. Of addresses also as the gate reads them: another spelling drops nobody. */
export function isSubList(before: unknown, after: unknown, format: FactFormat | undefined): boolean {
  if (typeof before !== typeof after || Array.isArray(before) !== Array.isArray(after)) return false;
  const [was, is] = [membersOf(before, format), membersOf(after, format)];
  if (!was || !is || is.length >= was.length) return false;
  let next = 0;
  const texts = was.map((member) => canonicalJson(member));
  for (const member of is) {
    const text = canonicalJson(member);
    while (next < texts.length && texts[next] !== text) next += 1;
    if (next === texts.length) return false;
    next += 1;
  }
  if (format !== 'email-list') return true;
  const [had, has] = [addresses(before), addresses(after)];
  return had !== undefined && has !== undefined && has.size < had.size && [...has].every((one) => had.has(one));
}

const addresses = (value: unknown): ReadonlySet<unknown> | undefined => {
  const read = factOf(value, 'email-list')?.addresses;
  return Array.isArray(read) ? new Set(read) : undefined;
};

/** Less of the same: money in its currency, or a plain number; never below nothing, where less can be more of something else. */
export function isLower(before: unknown, after: unknown, format: FactFormat | undefined): boolean {
  if (format !== 'money') return isCount(before) && isCount(after) && after < before;
  const [was, is] = [factOf(before, 'money'), factOf(after, 'money')];
  if (!was || !is || was.currency !== is.currency || typeof before !== typeof after) return false;
  if (typeof was.minor !== 'number' || typeof is.minor !== 'number' || is.minor < 0 || is.minor >= was.minor) return false;
  return canonicalJson(withoutAmount(before)) === canonicalJson(withoutAmount(after));
}

const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const withoutAmount = (value: unknown) => (typeof value === 'object' && value !== null ? { ...value, amount: null } : null);

/** Within what was asked for: one path below one, or each of several at or below one of those before. */
export function isSubPath(before: unknown, after: unknown): boolean {
  if (typeof before === 'string' && typeof after === 'string') return liesIn(before, after) === 'below';
  if (!Array.isArray(before) || !Array.isArray(after) || after.length === 0) return false;
  const places = after.map((one) => before.map((whole) => liesIn(whole, one)));
  return places.every((found) => found.some((place) => place !== 'outside')) && places.some((found) => !found.includes('same'));
}

function liesIn(whole: unknown, part: unknown): 'same' | 'below' | 'outside' {
  if (typeof whole !== 'string' || typeof part !== 'string') return 'outside';
  const [outer, inner] = [normalPath(whole), normalPath(part)];
  if (!outer.ok || !inner.ok || outer.path.startsWith('/') !== inner.path.startsWith('/')) return 'outside';
  if (outer.path === inner.path) return 'same';
  if (outer.path === '.') return 'below';
  return inner.path.startsWith(outer.path === '/' ? '/' : `${outer.path}/`) ? 'below' : 'outside';
}
