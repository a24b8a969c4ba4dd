import { step as stepQuorum, type Holds } from '@/lib/quorum';
import { step as right, type Approval, type ApprovalCommand, type ApprovalStep } from './machine';

export type MachineStep = (approval: Approval, command: ApprovalCommand, now: Date, holds: Holds) => ApprovalStep;

const withQuorum = (approval: Approval, over: Partial<Approval['quorum']>): Approval => ({ ...approval, quorum: { ...approval.quorum, ...over } });
const changes = (command: ApprovalCommand) => command.kind === 'narrow' || command.kind === 'replace';

/** Reducers with one mistake each. The model test has to catch every one of them, or it proves nothing. */
export const machineMutants: Record<string, MachineStep> = {
  'the author of a replacement agrees to it': (approval, command, now, holds) => right(approval, command.kind === 'replace' ? { ...command, kind: 'narrow' } : command, now, holds),
  'whoever narrows has not signed': (approval, command, now, holds) => {
    const stepped = right(approval, command, now, holds);
    return command.kind === 'narrow' && !stepped.refused ? { ...stepped, approval: withQuorum(stepped.approval, { signatures: [], phase: { kind: 'open' } }) } : stepped;
  },
  'what was signed outlives a change': (approval, command, now, holds) => {
    const stepped = right(approval, command, now, holds);
    return changes(command) && !stepped.refused ? { ...stepped, approval: withQuorum(stepped.approval, { signatures: [...approval.quorum.signatures, ...stepped.approval.quorum.signatures] }) } : stepped;
  },
  'a change is made of what somebody else made of it': (approval, command, now, holds) => right(approval, command.kind === 'narrow' || command.kind === 'replace' ? { ...command, digest: approval.quorum.digest } : command, now, holds),
  'a permit is made before anybody agreed': (approval, command, now, holds) => {
    const stepped = right(approval, command, now, holds);
    return command.kind === 'collect' && stepped.approval.quorum.phase.kind === 'open' ? { ...stepped, refused: null } : stepped;
  },
  'a permit is made after the use-by': (approval, command, now, holds) => right(command.kind === 'collect' && approval.quorum.phase.kind === 'agreed' ? withQuorum(approval, { phase: { ...approval.quorum.phase, useBy: null } }) : approval, command, now, holds),
  'it is used a second time': (approval, command, now, holds) => {
    const stepped = right(approval, command, now, holds);
    return (command.kind === 'use' || command.kind === 'collect') && approval.quorum.phase.kind === 'used' ? { approval, refused: null } : stepped;
  },
  'a stop leaves what was approved': (approval, command, now, holds) => (command.kind === 'cancel' && approval.quorum.phase.kind === 'agreed' ? { approval, refused: null } : right(approval, command, now, holds)),
  'expiry goes before a stop': (approval, command, now, holds) => right(command.kind === 'cancel' ? right(approval, { kind: 'tick' }, now, holds).approval : approval, command, now, holds),
  'anybody takes it back': (approval, command, now, holds) => right(command.kind === 'withdraw' ? { ...approval, own: [...approval.own, command.by] } : approval, command, now, holds),
  'it is denied after it was approved': (approval, command, now, holds) => right(command.kind === 'deny' && approval.quorum.phase.kind === 'agreed' ? withQuorum(approval, { phase: { kind: 'open' }, signatures: [] }) : approval, command, now, holds),
  'stricter terms are not taken over': (approval, command, now, holds) => {
    if (command.kind !== 'narrow' && command.kind !== 'replace') return right(approval, command, now, holds);
    const { who: _, ...rest } = command;
    return right(approval, rest, now, holds);
  },
  'a tier that was reached grants by itself': (approval, command, now, holds) => right(approval.quorum.phase.kind === 'open' ? { ...approval, quorum: stepQuorum(approval.quorum, { kind: 'tick' }, now, holds).quorum } : approval, command, now, holds),
};
