import type { Capability } from '@/lib/protocol/identity';
import { invalid } from '@/lib/errors';
import type { Grant } from './schema';

/** What an agent that drills stop is called; no other has such a name. */
export const DRILL_AGENT = 'countersign-drill';

/** `toolset:op,op:scope`, as the command line writes a capability; the scope may itself contain colons. */
export function parseGrant(text: string): Grant {
  const [toolset, operations, ...scope] = text.split(':');
  if (!toolset || !operations || scope.length === 0 || scope.join(':') === '') {
    throw invalid(`"${text}" is not a capability. Write toolset:operation,operation:scope, e.g. "email:send:**" or "ticket_system:read,update:assigned/*".`);
  }
  return { toolset, operations: operations.split(',').map((op) => op.trim()).filter(Boolean), scope: scope.join(':') };
}

export const capabilityOf = (grant: Grant): Capability => ({ type: 'tool', tool: grant.toolset, actions: grant.operations, scope: grant.scope });

/**
 * Whether a scope's glob covers a resource: `*` stays within one segment, `**` crosses `/`, everything else is itself.
 * A missing resource is covered by `**` alone. Linear in both texts: no pattern can make it slow.
 */
export function scopeCovers(scope: string, resource: unknown): boolean {
  if (scope === '**') return true;
  if (typeof resource !== 'string') return false;
  return glob(scope, resource);
}

function glob(pattern: string, text: string): boolean {
  // The usual two-pointer walk, with one place to return to for each kind of star.
  let p = 0;
  let t = 0;
  let single = { p: -1, t: 0 };
  let double = { p: -1, t: 0 };
  while (t < text.length) {
    if (pattern[p] === '*' && pattern[p + 1] === '*') {
      double = { p, t };
      single = { p: -1, t: 0 };
      p += 2;
    } else if (pattern[p] === '*') {
      single = { p, t };
      p += 1;
    } else if (p < pattern.length && pattern[p] === text[t]) {
      p += 1;
      t += 1;
    } else if (single.p >= 0 && text[single.t] !== '/') {
      single.t += 1;
      t = single.t;
      p = single.p + 1;
    } else if (double.p >= 0) {
      double.t += 1;
      t = double.t;
      p = double.p + 2;
      single = { p: -1, t: 0 };
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/** The capability that covers this call, if any. */
export function coveringCapability(capabilities: readonly Capability[], toolset: string, operation: string, resource: unknown): Capability | undefined {
  return capabilities.find((one) => one.tool === toolset && (one.actions.includes(operation) || one.actions.includes('*')) && scopeCovers(one.scope, resource));
}
