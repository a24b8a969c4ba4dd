import { hash } from 'node:crypto';
import type { Context } from '@/lib/context';
import { organisationEvent, write } from '@/lib/log';

export type OidcRefusal = 'locked' | 'provider' | 'deactivated' | 'no_person' | 'not_linked' | 'unverified' | 'no_mapped_group' | 'groups_unknown';

/** Puts a refused sign-in by the provider on the record; the address that it named only as a hash. */
export function noteOidcRefusal(ctx: Context, email: string | null, why: OidcRefusal): Promise<void> {
  const emailHash = email === null ? 'not an address' : hash('sha256', email, 'hex');
  return write(ctx, async () => ({ view: undefined, events: [organisationEvent('person.sign_in_refused', { emailHash, ip: ctx.ip ?? null, why })] }));
}

/** How a provider's name for a person goes on the record. */
export const subjectHash = (identity: { issuer: string; subject: string }): string => hash('sha256', `${identity.issuer}\n${identity.subject}`, 'hex');
