import type { Context } from '@/lib/context';
import { prisma, sqlOfTx, type Sql, type Tx } from '@/lib/db';
import { DomainError, forbidden } from '@/lib/errors';
import type { NewEvent } from '@/lib/log';
import { parseInput } from '@/lib/parse-input';
import type { PersonActor } from '../internal';
import { argon2id, type PasswordHasher } from '../passwords';
import { proveByPassword } from '../prove-by-password';
import { stillWithoutCode, takeSecondFactor } from '../prove-owner';
import { RECENT_SIGN_IN_MS } from '../rules';
import { factorsOf } from '../second-factor';
import { beginStepUp } from '../step-up/begin-step-up';
import { finishStepUp } from '../step-up/finish-step-up';
import type { StepUpChallenge, StepUpSubject } from '../step-up/schema';
import type { StepUpTx } from '../step-up/step-up-transaction';
import { takeCodeTurn, totpOf } from '../totp';
import { credentialActSchema, credentialProofSchema, type CredentialAct, type CredentialProof } from './schema';

/** The person in the console, at a sign-in of theirs. */
export type Owner = PersonActor & { signInId: string };

export function ownerOf(ctx: Context): Owner {
  const { actor } = ctx;
  if (actor.kind !== 'person' || actor.via !== 'console' || !actor.signInId) throw forbidden('Passkeys are changed in the console, by the person whose they are.');
  return { ...actor, signInId: actor.signInId };
}

const subjectOf = (owner: Owner, act: CredentialAct): StepUpSubject =>
  ({ purpose: 'credential.change', objectId: owner.id, digest: act.kind === 'remove_passkey' ? act.passkeyId : act.kind === 'change_channel' ? act.channel : 'new', verdict: act.kind });

/** Asks for a passkey over exactly this change of one's keys. */
export const beginProof = async (ctx: Context, act: CredentialAct): Promise<StepUpChallenge> => beginStepUp(ctx, subjectOf(ownerOf(ctx), parseInput(credentialActSchema, act)));

/** What of a proof is checked before the transaction is done; the rest is `settle`, within it and before anything is changed. */
export type Proof = { settle: (tx: Tx, asStepUp: (tx: Sql) => StepUpTx) => Promise<NewEvent[]> };

/**
 * Makes sure that it is the person who changes their keys, and not somebody at a browser that they left open: signed in within ten
 * minutes, or a passkey over this very change, or their password, in its place a code where they have one. Throws `step_up_required` when none of these is at hand.
 */
export async function proveAgain(ctx: Context, act: CredentialAct, given: CredentialProof | undefined, hasher: PasswordHasher = argon2id): Promise<Proof> {
  const owner = ownerOf(ctx);
  // A link to another account is made by whoever is there now: how lately they signed in says nothing about that.
  if (!given && act.kind === 'link_identity' && (await canProve(owner.id))) throw proofNeeded();
  if (!given) return { settle: (tx) => requireRecentSignIn(tx, ctx, owner) };
  const proof = parseInput(credentialProofSchema, given);
  if (proof.kind === 'passkey') return { settle: async (tx, asStepUp) => { await finishStepUp(asStepUp(sqlOfTx(tx)), ctx, subjectOf(owner, act), proof); return []; } };
  if ((await totpOf(owner.id)).kind === 'on') {
    // Whoever has a second step shows it here: by the password alone a key would be added that needs neither.
    await takeCodeTurn(ctx, owner.id);
    return { settle: (tx) => takeSecondFactor(tx, ctx, owner.id, proof.secret).then(({ events }) => events) };
  }
  const { settle } = await proveByPassword(ctx, owner, { password: proof.secret, path: '/proof/secret' }, hasher);
  return { settle: async (tx) => { await settle(tx); await stillWithoutCode(tx, owner.id); return []; } };
}

async function requireRecentSignIn(tx: Tx, ctx: Context, owner: Owner): Promise<NewEvent[]> {
  const signIn = await tx.signIn.findFirst({ where: { id: owner.signInId, personId: owner.id, revokedAt: null }, select: { createdAt: true } });
  if (signIn && ctx.now().getTime() - signIn.createdAt.getTime() <= RECENT_SIGN_IN_MS) return [];
  throw proofNeeded();
}

/** Whether a person has anything to show besides having signed in; who comes by the provider alone has not. */
const canProve = async (personId: string): Promise<boolean> =>
  (await factorsOf(personId)) > 0 || (await prisma().person.count({ where: { id: personId, passwordHash: { not: null } } })) > 0;

const proofNeeded = () => new DomainError('step_up_required', 'Show once more that it is you, by a passkey or your password.', { data: { why: 'proof_needed' } });
