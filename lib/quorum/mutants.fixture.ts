import { step as right } from './rules';
import { stillNeeded } from './seats';
import type { Command, Holds, Quorum, Stepped } from './schema';

export type Step = (quorum: Quorum, command: Command, now: Date, holds: Holds) => Stepped;

const withTerms = (quorum: Quorum, over: Partial<Quorum['terms']>): Quorum => ({ ...quorum, terms: { ...quorum.terms, ...over } });
/** Runs the real step on something else than what stands, and puts the terms back afterwards. */
const elsewhere = (quorum: Quorum, over: Partial<Quorum['terms']>, command: Command, now: Date, holds: Holds): Stepped => {
  const stepped = right(withTerms(quorum, over), command, now, holds);
  return { ...stepped, quorum: { ...stepped.quorum, terms: quorum.terms } };
};

const missingOf = ({ terms, signatures }: Quorum, holds: Holds): number => stillNeeded(terms.groups, signatures.filter((one) => !terms.excluded.some((other) => other.personId === one.personId)), holds).length;

/** Reducers with one mistake each. The model test has to catch every one of them, or it proves nothing. */
export const mutants: Record<string, Step> = {
  'whoever is excluded counts all the same': (quorum, command, now, holds) => elsewhere(quorum, { excluded: [] }, command, now, holds),
  'the same person counts twice': (quorum, command, now, holds) =>
    right(quorum, command.kind === 'sign' && quorum.signatures.some((one) => one.personId === command.signature.personId) ? { ...command, signature: { ...command.signature, personId: `${command.signature.personId} again` } } : command, now, holds),
  'a signature after expiry counts': (quorum, command, now, holds) => (command.kind === 'sign' ? elsewhere(quorum, { expiresAt: null }, command, now, holds) : right(quorum, command, now, holds)),
  'a moment too late is in time': (quorum, command, now, holds) => elsewhere(quorum, { expiresAt: quorum.terms.expiresAt && new Date(quorum.terms.expiresAt.getTime() + 1) }, command, now, holds),
  'a stale digest is taken': (quorum, command, now, holds) => right(quorum, command.kind === 'sign' || command.kind === 'deny' ? { ...command, digest: quorum.digest } : command, now, holds),
  'signatures outlive a change': (quorum, command, now, holds) => {
    const stepped = right(quorum, command, now, holds);
    return command.kind === 'change' && stepped.refused === null && stepped.quorum.phase.kind === 'open' ? { ...stepped, quorum: { ...stepped.quorum, signatures: quorum.signatures } } : stepped;
  },
  'what has ended opens again': (quorum, command, now, holds) => right(command.kind === 'sign' && (quorum.phase.kind === 'denied' || quorum.phase.kind === 'withdrawn') ? { ...quorum, phase: { kind: 'open' } } : quorum, command, now, holds),
  'one person sits in two seats': (quorum, command, now, holds) => {
    const stepped = right(quorum, command, now, holds);
    const { groups } = quorum.terms;
    const enough = groups.length > 0 && groups.every((group) => stepped.quorum.signatures.filter((one) => holds(one, group)).length >= group.count);
    return stepped.quorum.phase.kind === 'open' && enough ? { ...stepped, quorum: { ...stepped.quorum, phase: { kind: 'agreed', at: now, useBy: null } } } : stepped;
  },
  'expiry goes before a stop': (quorum, command, now, holds) => right(command.kind === 'cancel' ? right(quorum, { kind: 'tick' }, now, holds).quorum : quorum, command, now, holds),
  'a denial is one voice among others': (quorum, command, now, holds) => {
    const stepped = right(quorum, command, now, holds);
    return command.kind === 'deny' && stepped.quorum.phase.kind === 'denied' ? { ...stepped, quorum } : stepped;
  },
  'anybody withdraws it': (quorum, command, now, holds) => right(quorum, command.kind === 'withdraw' ? { ...command, by: quorum.requestedBy } : command, now, holds),
  'a signature is taken back from what was agreed': (quorum, command, now, holds) => right(command.kind === 'unsign' && quorum.phase.kind === 'agreed' ? { ...quorum, phase: { kind: 'open' } } : quorum, command, now, holds),
  'no group at all is soon agreed': (quorum, command, now, holds) => {
    const stepped = right(quorum, command, now, holds);
    return quorum.terms.groups.length === 0 && stepped.quorum.phase.kind === 'open' ? { ...stepped, quorum: { ...stepped.quorum, phase: { kind: 'agreed', at: now, useBy: null } } } : stepped;
  },
  'relief comes early': (quorum, command, now, holds) => elsewhere(quorum, { relief: quorum.terms.relief.map((one) => ({ ...one, from: new Date(one.from.getTime() - 1) })) }, command, now, holds),
  'whoever stands in may sign, and it is not enough': (quorum, command, now, holds) => {
    const stepped = right(quorum, command, now, holds);
    const enough = missingOf(stepped.quorum, holds) === 0;
    return stepped.quorum.phase.kind === 'agreed' && !enough ? { ...stepped, quorum: { ...stepped.quorum, phase: { kind: 'open' } } } : stepped;
  },
  'whoever stands in must have a seat among the first as well': (quorum, command, now, holds) =>
    right(quorum, command, now, (one, group) => holds(one, group) && (command.kind !== 'sign' || quorum.terms.groups.some((first) => holds(one, first)))),
};
