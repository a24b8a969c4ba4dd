import { recordedActor, type Context } from '@/lib/context';
import type { Looked } from '@/lib/inspect';
import { sessionEvent, sessionStream, type Commit } from '@/lib/log';
import { constrainingFinding, type LookedAt } from '@/lib/policies';
import type { Constraint } from '@/lib/sessions/schema';
import type { Gate } from './gate';
import { movedFrom, type LiveSession } from './live-session';

type Seen = Pick<Looked, 'verdict' | 'findings'>;

/**
 * Appends a text that was looked at and, where the bundle wants that of what was seen in it, in the same commit that the session is
 * constrained. Resolves with the number of the text's event; undefined where the stream has moved and it is to be tried again.
 */
export async function appendLooked(gate: Gate, ctx: Context, session: LiveSession, seen: Seen, by: LookedAt, build: (recordedAt: string) => Commit): Promise<number | undefined> {
  const { placed, row: { id } } = session;
  const constraint = begin(gate, session, seen, by);
  let seq: number | undefined;
  try {
    const appended = await gate.writer.append(sessionStream(id), null, recordedActor(ctx.actor), (first, recordedAt) => (constraint ? withConstraint(session, constraint, build(recordedAt), first) : build(recordedAt)), placed);
    if (appended.kind === 'written') seq = appended.seqs[0]!;
    else movedFrom(session, placed);
    return seq;
  } finally {
    if (constraint) end(session, constraint, seq !== undefined);
  }
}

/**
 * From here on every decision knows of it, also before it is on record. One that stands is left as it is; one that is only being
 * written may fail, and then this text's own has to stand.
 */
function begin(gate: Gate, session: LiveSession, seen: Seen, by: LookedAt): Constraint | undefined {
  const finding = constrainingFinding(gate.bundle().prepared.bundle, seen, by);
  const standing = session.row.constrained ?? undefined;
  if (!finding || (standing && !session.constraining.has(standing))) return undefined;
  const constraint: Constraint = { by, detector: finding.detector, kind: finding.kind, seq: 0 };
  session.constraining.add(constraint);
  session.row = { ...session.row, constrained: standing ?? constraint };
  return constraint;
}

function withConstraint({ row }: LiveSession, constraint: Constraint, commit: Commit, seq: number): Commit {
  constraint.seq = seq;
  const event = sessionEvent(row.id, 'session.constrained', { ...constraint }, { agentId: row.agentId });
  return { ...commit, events: [...commit.events, event], constrained: [{ id: row.id, by: { ...constraint } }] };
}

function end(session: LiveSession, constraint: Constraint, written: boolean): void {
  session.constraining.delete(constraint);
  // What was not written, or may not have been, is in the database or nowhere.
  if (!written && session.row.constrained === constraint) session.stale = true;
}

/** Whether what was judged without it is to be judged again before it is written, since a text constrains the session meanwhile. */
export const constrainedMeanwhile = (session: LiveSession, judged: Constraint | null | undefined): boolean => !judged && Boolean(session.row.constrained);
