import { step as stepQuorum, type Command as QuorumCommand, type Holds, type Quorum, type Refusal, type Signature, type Terms } from '@/lib/quorum';
import type { CancelReason } from './schema';

/**
 * An approval as one value: who must agree and has, and who may not. Every verb decides by `settle` under the row's lock and saves what
 * comes out; after a restart it is built from the rows again. Its states are the quorum's phases, and each ends once.
 */
export type Approval = {
  quorum: Quorum;
  /** Who wrote arguments anew: never among those who agree to them. */
  authors: readonly string[];
  /** Whose session or agent it is: they may take the question back. */
  own: readonly string[];
};

export type ApprovalCommand =
  | { kind: 'sign'; signature: Signature; digest: string }
  | { kind: 'deny'; by: string; digest: string }
  /** `digest` is what the person saw, `to` what they made of it; `who` must agree to that, where the rules ask for other people now. */
  | { kind: 'narrow' | 'replace'; signature: Signature; digest: string; to: string; who?: Pick<Terms, 'groups' | 'relief'> }
  | { kind: 'withdraw'; by: string }
  | { kind: 'cancel'; reason: CancelReason }
  /** The agent wants its permit, and then runs the action or has it run. */
  | { kind: 'collect' }
  | { kind: 'use' }
  | { kind: 'tick' };

export type ApprovalRefusal = Refusal | { why: 'not_own' } | { why: 'unchanged' };
export type ApprovalStep = { approval: Approval; refused: ApprovalRefusal | null };

const AUTHOR = 'You wrote these arguments, and nobody agrees to their own. You can deny it; someone else has to approve.';

/** One command at one moment. A permit may be made exactly where `collect` is not refused. */
export function step(approval: Approval, command: ApprovalCommand, now: Date, holds: Holds): ApprovalStep {
  switch (command.kind) {
    case 'sign': return sign(approval, command, now, holds);
    case 'narrow':
    case 'replace': return change(approval, command, now, holds);
    case 'withdraw': {
      const own = approval.own.includes(command.by);
      const stepped = ungranted(approval.quorum, own ? { kind: 'withdraw', by: approval.quorum.requestedBy } : { kind: 'tick' }, now, holds);
      return wrap(approval, stepped, stepped.refused ?? (own ? null : { why: 'not_own' }));
    }
    case 'collect': {
      const ticked = ungranted(approval.quorum, { kind: 'tick' }, now, holds);
      return wrap(approval, ticked, ticked.quorum.phase.kind === 'agreed' ? null : { why: 'not_agreed' });
    }
    default: return wrap(approval, ungranted(approval.quorum, command, now, holds));
  }
}

/** A tier that was reached can make enough of those who had signed. Until a person's yes says so it is open, and whatever else comes finds it open. */
const wouldGrant = (quorum: Quorum, now: Date, holds: Holds): boolean => quorum.phase.kind === 'open' && stepQuorum(quorum, { kind: 'tick' }, now, holds).quorum.phase.kind === 'agreed';

function ungranted(quorum: Quorum, command: QuorumCommand, now: Date, holds: Holds): { quorum: Quorum; refused: Refusal | null } {
  if (!wouldGrant(quorum, now, holds)) return stepQuorum(quorum, command, now, holds);
  const stepped = stepQuorum({ ...quorum, signatures: [] }, command, now, holds);
  return { ...stepped, quorum: { ...stepped.quorum, signatures: quorum.signatures } };
}

function sign(approval: Approval, command: Extract<ApprovalCommand, { kind: 'sign' }>, now: Date, holds: Holds): ApprovalStep {
  const { quorum } = approval;
  if (!wouldGrant(quorum, now, holds)) return wrap(approval, stepQuorum(quorum, command, now, holds));
  // Enough have signed, and whoever says so once more is one of them or of those who are asked now.
  const alone = stepQuorum({ ...quorum, signatures: [] }, command, now, holds);
  if (alone.refused) return wrap(approval, { quorum, refused: alone.refused });
  const granted = stepQuorum(quorum, { kind: 'tick' }, now, holds).quorum;
  const again = quorum.signatures.some((one) => one.personId === command.signature.personId);
  return wrap(approval, { quorum: again ? granted : { ...granted, signatures: [...granted.signatures, command.signature] }, refused: null });
}

/** Whoever may sign may change what is signed. A narrowing is signed by whoever made it; a replacement never is. */
function change(approval: Approval, command: Extract<ApprovalCommand, { kind: 'narrow' | 'replace' }>, now: Date, holds: Holds): ApprovalStep {
  const { quorum } = ungranted(approval.quorum, { kind: 'tick' }, now, holds);
  const { signature, digest, to, who } = command;
  const by = signature.personId;
  const wrote = approval.authors.includes(by);
  const refused = stepQuorum({ ...quorum, signatures: [] }, { kind: 'sign', signature, digest }, now, holds).refused;
  // Whoever has written these arguments had a seat then.
  if (refused && !(refused.why === 'excluded' && wrote)) return wrap(approval, { quorum, refused });
  if (to === quorum.digest) return wrap(approval, { quorum, refused: { why: 'unchanged' } });
  const changed = stepQuorum({ ...quorum, signatures: [] }, { kind: 'change', digest: to }, now, holds).quorum;
  const open = { ...changed, terms: { ...changed.terms, ...who } };
  if (command.kind === 'replace' || wrote) {
    const authors = wrote ? approval.authors : [...approval.authors, by];
    return { approval: { ...approval, authors, quorum: { ...open, terms: { ...open.terms, excluded: excludedWith(open.terms.excluded, authors) } } }, refused: null };
  }
  const signed = stepQuorum(open, { kind: 'sign', signature, digest: to }, now, holds);
  // The rules may ask others about what is left than the one who narrowed it: then it is narrowed, and unsigned.
  return wrap(approval, signed.refused ? { quorum: open, refused: null } : signed);
}

export const excludedWith = (excluded: Quorum['terms']['excluded'], authors: readonly string[]): Quorum['terms']['excluded'] => [
  ...excluded, ...authors.filter((id) => !excluded.some((one) => one.personId === id)).map((personId) => ({ personId, because: AUTHOR })),
];

const rank: Record<ApprovalCommand['kind'], number> = { cancel: 0, tick: 1, withdraw: 2, deny: 3, narrow: 5, replace: 5, sign: 6, collect: 7, use: 8 };

/** All that is known at one moment, in the order in which it goes before each other: stop, expiry, withdrawal, deny, change, approve. */
export function settle(approval: Approval, commands: readonly ApprovalCommand[], now: Date, holds: Holds): { approval: Approval; refusals: (ApprovalRefusal | null)[] } {
  const refusals: (ApprovalRefusal | null)[] = commands.map(() => null);
  const inOrder = commands.map((command, index) => ({ command, index })).sort((a, b) => rank[a.command.kind] - rank[b.command.kind] || a.index - b.index);
  let current = approval;
  for (const { command, index } of inOrder) {
    const stepped = step(current, command, now, holds);
    current = stepped.approval;
    refusals[index] = stepped.refused;
  }
  return { approval: current, refusals };
}

const wrap = (approval: Approval, stepped: { quorum: Quorum; refused: ApprovalRefusal | null }, refused: ApprovalRefusal | null = stepped.refused): ApprovalStep => ({ approval: { ...approval, quorum: stepped.quorum }, refused });
