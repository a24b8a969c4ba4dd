import { z } from 'zod';

/** So many of a role (built-in or the organisation's own), of a team, of those on call for something, or one person by their e-mail address. */
export const groupSchema = z.object({ role: z.string().optional(), team: z.string().optional(), person: z.string().optional(), onCall: z.string().optional(), count: z.int().min(1) });
export type Group = z.infer<typeof groupSchema>;
export type Seat = Omit<Group, 'count'>;

/** A person's yes to exactly what the digest names, with the roles, teams and calls that counted for them at that moment. */
export type Signature = { personId: string; roles: readonly string[]; teams: readonly string[]; onCall?: readonly string[]; email?: string };

/** Whether somebody may sit for a group. Given from outside: roles can be a ladder, and rights can be too new to count. */
export type Holds = (signature: Signature, group: Seat) => boolean;

/** What was agreed at the outset about how this is decided. */
export type Terms = {
  groups: readonly Group[];
  /** Persons who never count, each with the sentence that tells them why: author, requester, principal, owner. */
  excluded: readonly { personId: string; because: string }[];
  expiresAt: Date | null;
  /** From its moment each of these is enough as well, in the place of the groups: where there are fewer people than the rule needs, or nobody answers. */
  relief: readonly { from: Date; groups: readonly Group[] }[];
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
