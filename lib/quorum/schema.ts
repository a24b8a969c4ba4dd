import { z } from 'zod';

/** So many of a role (built-in or the organisation's own) or of a team. */
export const groupSchema = z.object({ role: z.string().optional(), team: z.string().optional(), count: z.int().min(1) });
export type Group = z.infer<typeof groupSchema>;

/** A person's yes to exactly what the digest names, with the roles and teams that counted for them at that moment. */
export type Signature = { personId: string; roles: readonly string[]; teams: readonly string[] };

/** Whether somebody may sit for a group. Given from outside: roles can be a ladder, and rights can be too new to count. */
export type Holds = (signature: Signature, group: Pick<Group, 'role' | 'team'>) => boolean;

/** What was agreed at the outset about how this is decided. */
export type Terms = {
  groups: readonly Group[];
  /** Persons who never count, each with the sentence that tells them why: author, requester, principal, owner. */
  excluded: readonly { personId: string; because: string }[];
  expiresAt: Date | null;
  /** From this moment these groups are enough as well: while there are fewer people than the rule needs. */
  relief: { from: Date; groups: readonly Group[] } | null;
  /** Whether one denial ends it. Where it doesn't there is none: whoever disagrees has it withdrawn or cancelled. */
  denial: boolean;
  /** How long what was agreed may be carried out (milliseconds). */
  useWithinMs: number | null;
};

export type Phase =
  | { kind: 'open' }
  /** Everybody has signed. Nobody signs, denies or takes back any more; the whole of it may still fall until it is used. */
  | { kind: 'agreed'; at: Date; useBy: Date | null }
  | { kind: 'used'; at: Date }
  | { kind: 'denied'; at: Date; by: string }
  | { kind: 'expired'; at: Date; unused: boolean }
  | { kind: 'withdrawn'; at: Date; by: string }
  | { kind: 'cancelled'; at: Date; reason: string };

export type Quorum = { terms: Terms; requestedBy: string; digest: string; revision: number; signatures: readonly Signature[]; phase: Phase };

export type Proposal = { kind: 'propose'; by: string; digest: string; terms: Terms };
export type Command =
  | { kind: 'sign'; signature: Signature; digest: string }
  | { kind: 'deny'; by: string; digest: string }
  | { kind: 'unsign'; by: string }
  | { kind: 'withdraw'; by: string }
  | { kind: 'cancel'; reason: string }
  | { kind: 'change'; digest: string }
  | { kind: 'use' }
  | { kind: 'tick' };

export type Refusal =
  | { why: 'over'; phase: Phase }
  | { why: 'stale'; digest: string; revision: number }
  | { why: 'excluded'; because: string }
  | { why: 'no_seat' | 'already_signed' | 'not_signed' | 'not_requester' | 'no_denial' | 'not_agreed' };

/** Where it stands after a command. A refused one can have moved it all the same: what it found out of time has expired. */
export type Stepped = { quorum: Quorum; refused: Refusal | null };
