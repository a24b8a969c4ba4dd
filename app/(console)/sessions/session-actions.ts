'use server';

import { runAction } from '@/app/_session/action-result';
import type { Peek, SessionEventView, Unloaded } from '@/components/sessions/view';
import { authorise } from '@/lib/access';
import { idSchema } from '@/lib/protocol/ids';
import { parseInput } from '@/lib/parse-input';
import { notFound } from '@/lib/errors';
import { liftConstraint } from '@/lib/sessions';
import { readPeek } from './peek';
import { readStretch } from './read-session-page';

/** One event of a session, whole. Throws where it cannot be read: the panel beside the list then says so. */
export async function loadPeek(sessionId: string, seq: number): Promise<Peek> {
  const read = await runAction(async (ctx) => {
    authorise(ctx, 'session.read');
    authorise(ctx, 'payload.read');
    const peek = Number.isSafeInteger(seq) && seq > 0 ? await readPeek(ctx, parseInput(idSchema, sessionId), seq) : undefined;
    if (!peek) throw notFound('There is no such event.');
    return peek;
  });
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}

/** What the session was held to is lifted, by a person who said why. */
export async function liftHold(sessionId: string, reason: string): Promise<{ ok: true } | { ok: false; because: string }> {
  const lifted = await runAction((ctx) => liftConstraint(ctx, { sessionId, reason }));
  return lifted.ok ? { ok: true } : { ok: false, because: lifted.error.message };
}

/** A stretch of events that the page was drawn without. */
export async function loadEvents(sessionId: string, range: Unloaded): Promise<SessionEventView[]> {
  const read = await runAction((ctx) => {
    authorise(ctx, 'session.read');
    return readStretch(parseInput(idSchema, sessionId), range);
  });
  if (!read.ok) throw new Error(read.error.code);
  return read.value;
}
