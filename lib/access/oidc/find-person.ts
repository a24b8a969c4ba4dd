import { prisma, type Tx } from '@/lib/db';
import type { PersonRow } from '../internal';
import type { OidcClaims } from './claims';

/** Whom verified claims mean here. `invited` and `nobody` have a verified address; `theirs` is a person who has to link the identity first. */
export type Meant =
  | { kind: 'known'; person: PersonRow & { managedBy: string | null }; identityId: string }
  | { kind: 'invited'; person: PersonRow & { managedBy: string | null } }
  | { kind: 'theirs' }
  | { kind: 'nobody'; email: string }
  | { kind: 'unverified' }
  | { kind: 'no_address' };

/**
 * The identity decides, by issuer and subject. An address opens nothing that anybody has used: only an account that has never been
 * signed in to, has no other way in and no identity of this issuer is taken to be the invitation of whoever has that mailbox.
 */
export async function findPerson(claims: OidcClaims, tx: Pick<Tx, 'identity' | 'person'> = prisma()): Promise<Meant> {
  const identity = await tx.identity.findUnique({ where: { issuer_subject: { issuer: claims.issuer, subject: claims.subject } }, include: { person: true } });
  if (identity) return { kind: 'known', person: identity.person, identityId: identity.id };
  if (claims.email === null) return { kind: 'no_address' };
  if (!claims.emailVerified) return { kind: 'unverified' };
  const person = await tx.person.findUnique({
    where: { email: claims.email },
    include: { _count: { select: { signIns: true, identities: { where: { issuer: claims.issuer } }, passkeys: true } } },
  });
  if (!person) return { kind: 'nobody', email: claims.email };
  const { signIns, identities, passkeys } = person._count;
  const untouched = person.passwordHash === null && signIns === 0 && identities === 0 && passkeys === 0;
  return untouched ? { kind: 'invited', person } : { kind: 'theirs' };
}
