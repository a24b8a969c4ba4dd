import type { OidcConfig } from '@/lib/env';
import { emailSchema } from '../schema';

/** Which groups the provider says a person is in. `elsewhere`: more than it puts into a token; `unreadable`: not a list of names. */
export type GroupsClaim = { kind: 'listed'; groups: ReadonlySet<string> } | { kind: 'elsewhere' } | { kind: 'unreadable' };

/** Who the provider says this is. The subject is the person; the address is something it says about them. */
export type OidcClaims = { issuer: string; subject: string; email: string | null; emailVerified: boolean; name: string | null; groups: GroupsClaim };

/** Far more than any mapping uses. */
export const MOST_GROUPS = 10_000;
export const MAX_GROUP = 256;

/** Reads verified claims. Pure. */
export function readClaims(config: Pick<OidcConfig, 'groupsClaim' | 'requireVerifiedEmail'>, claims: Record<string, unknown> & { iss?: string; sub: string }): OidcClaims {
  const email = emailSchema.safeParse(claims.email);
  const verified = claims.email_verified;
  return {
    issuer: claims.iss ?? '', subject: claims.sub,
    email: email.success ? email.data : null,
    // What the provider calls unverified stays so; where it says nothing, the operator has decided.
    emailVerified: verified === true || verified === 'true' || (verified === undefined && !config.requireVerifiedEmail),
    name: readName(claims.name) ?? readName(claims.preferred_username),
    groups: readGroups(claims, config.groupsClaim),
  };
}

/** A claim that is missing is no groups: providers leave an empty list out, and a role must not outlive its group. */
export function readGroups(claims: Record<string, unknown>, claim: string): GroupsClaim {
  if (Object.hasOwn(claims, claim) && claims[claim] !== null) {
    const said = claims[claim];
    if (typeof said === 'string') return { kind: 'listed', groups: new Set([said].filter(isGroupName)) };
    if (!Array.isArray(said) || !said.every((one) => typeof one === 'string')) return { kind: 'unreadable' };
    if (said.length > MOST_GROUPS) return { kind: 'elsewhere' };
    return { kind: 'listed', groups: new Set((said as string[]).filter(isGroupName)) };
  }
  // Entra's overage: the groups are behind an address that the token names, or only said to exist.
  const names = claims._claim_names;
  if ((typeof names === 'object' && names !== null && Object.hasOwn(names, claim)) || claims.hasgroups === true || claims.hasgroups === 'true') return { kind: 'elsewhere' };
  return { kind: 'listed', groups: new Set() };
}

/** A name that a mapping can have. Compared letter for letter: two that only look alike are two. */
export const isGroupName = (name: string): boolean => name.length > 0 && name.length <= MAX_GROUP && !/[\u0000-\u001f\u007f\u2028\u2029]/.test(name);

function readName(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // Breaks and controls part words; what else has no form of its own can only deceive. Cut between characters, never within one.
  const readable = value.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replace(/\p{C}/gu, '').trim();
  const name = [...readable].slice(0, 100).join('').trim();
  return name === '' ? null : name;
}
