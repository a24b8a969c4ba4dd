import type { Command, Group, Holds, Phase, Proposal, Quorum, Refusal, Stepped, Terms } from './schema';
import { leastNeeded, stillNeeded } from './seats';

export const propose = ({ by, digest, terms }: Proposal): Quorum => ({ terms, requestedBy: by, digest, revision: 1, signatures: [], phase: { kind: 'open' } });

/** One command at one moment. Being cancelled goes before being out of time, and that before whatever a person says. */
export function step(quorum: Quorum, command: Command, now: Date, holds: Holds): Stepped {
  if (isOver(quorum.phase)) return refuse(quorum, over(quorum));
  if (command.kind === 'cancel') return { quorum: { ...quorum, phase: { kind: 'cancelled', at: now, reason: command.reason } }, refused: null };
  const current = atMoment(quorum, now, holds);
  if (isOver(current.phase)) return refuse(current, command.kind === 'tick' ? null : over(current));
  switch (command.kind) {
    case 'tick': return refuse(current, null);
    case 'withdraw':
      if (command.by !== current.requestedBy) return refuse(current, { why: 'not_requester' });
      return { quorum: { ...current, phase: { kind: 'withdrawn', at: now, by: command.by } }, refused: null };
    case 'change':
      if (command.digest === current.digest) return refuse(current, null);
      // Whoever signed has signed something else; also what was agreed is open again.
      return { quorum: { ...current, digest: command.digest, revision: current.revision + 1, signatures: [], phase: { kind: 'open' } }, refused: null };
    case 'use':
      if (current.phase.kind !== 'agreed') return refuse(current, { why: 'not_agreed' });
      return { quorum: { ...current, phase: { kind: 'used', at: now } }, refused: null };
    case 'unsign':
      if (current.phase.kind !== 'open') return refuse(current, over(current));
      if (!hasSigned(current, command.by)) return refuse(current, { why: 'not_signed' });
      return { quorum: { ...current, signatures: current.signatures.filter((one) => one.personId !== command.by) }, refused: null };
    case 'deny':
      if (current.phase.kind !== 'open') return refuse(current, over(current));
      if (!current.terms.denial) return refuse(current, { why: 'no_denial' });
      if (command.digest !== current.digest) return refuse(current, stale(current));
      return { quorum: { ...current, phase: { kind: 'denied', at: now, by: command.by } }, refused: null };
    case 'sign': {
      const refused = whyNotSign(current, command, now, holds);
      if (refused) return refuse(current, refused);
      return { quorum: atMoment({ ...current, signatures: [...current.signatures, command.signature] }, now, holds), refused: null };
    }
  }
}

const rank: Record<Command['kind'], number> = { cancel: 0, tick: 1, withdraw: 2, deny: 3, unsign: 4, change: 5, sign: 6, use: 7 };

/** All that is known at one moment, in the order in which it goes before each other: cancel, expiry, withdrawal, deny, approve. */
export function settle(quorum: Quorum, commands: readonly Command[], now: Date, holds: Holds): { quorum: Quorum; refusals: (Refusal | null)[] } {
  const refusals: (Refusal | null)[] = commands.map(() => null);
  const inOrder = commands.map((command, index) => ({ command, index })).sort((a, b) => rank[a.command.kind] - rank[b.command.kind] || a.index - b.index);
  let current = quorum;
  for (const { command, index } of inOrder) {
    const stepped = step(current, command, now, holds);
    current = stepped.quorum;
    refusals[index] = stepped.refused;
  }
  return { quorum: current, refusals };
}

/** Who still must sign for it to be agreed, by the way that lacks the fewest at that moment; nobody once it is. */
export function missing(quorum: Quorum, holds: Holds, now: Date): Group[] {
  return quorum.phase.kind === 'open' ? leastNeeded(ways(quorum.terms, now), counted(quorum), holds) : [];
}

export const isOver = (phase: Phase): boolean => phase.kind !== 'open' && phase.kind !== 'agreed';

/** Each list of groups that is enough at that moment. */
const ways = ({ groups, relief }: Terms, now: Date): (readonly Group[])[] => [groups, ...relief.filter(({ from }) => from <= now).map((one) => one.groups)];

/** What the clock alone has made of it. */
function atMoment(quorum: Quorum, now: Date, holds: Holds): Quorum {
  const { terms, phase } = quorum;
  if (phase.kind === 'agreed') return phase.useBy !== null && phase.useBy <= now ? { ...quorum, phase: { kind: 'expired', at: now, unused: true } } : quorum;
  if (phase.kind !== 'open') return quorum;
  if (terms.expiresAt !== null && terms.expiresAt <= now) return { ...quorum, phase: { kind: 'expired', at: now, unused: false } };
  if (!ways(terms, now).some((groups) => stillNeeded(groups, counted(quorum), holds).length === 0)) return quorum;
  return { ...quorum, phase: { kind: 'agreed', at: now, useBy: terms.useWithinMs === null ? null : new Date(now.getTime() + terms.useWithinMs) } };
}

function whyNotSign(quorum: Quorum, { signature, digest }: Extract<Command, { kind: 'sign' }>, now: Date, holds: Holds): Refusal | null {
  if (quorum.phase.kind !== 'open') return over(quorum);
  if (digest !== quorum.digest) return stale(quorum);
  const excluded = quorum.terms.excluded.find((one) => one.personId === signature.personId);
  if (excluded) return { why: 'excluded', because: excluded.because };
  if (!ways(quorum.terms, now).flat().some((group) => holds(signature, group))) return { why: 'no_seat' };
  return hasSigned(quorum, signature.personId) ? { why: 'already_signed' } : null;
}

/** Once more without whoever never counts: a signature can have been there before its person was excluded. */
const counted = (quorum: Quorum) => quorum.signatures.filter((one) => !quorum.terms.excluded.some((other) => other.personId === one.personId));
const hasSigned = (quorum: Quorum, personId: string) => quorum.signatures.some((one) => one.personId === personId);
const refuse = (quorum: Quorum, refused: Refusal | null): Stepped => ({ quorum, refused });
const over = (quorum: Quorum): Refusal => ({ why: 'over', phase: quorum.phase });
const stale = (quorum: Quorum): Refusal => ({ why: 'stale', digest: quorum.digest, revision: quorum.revision });
