import { sql } from '@/lib/db';
import { conflict, notFound } from '@/lib/errors';
import { sessionStream } from '@/lib/log';
import { readSession } from '@/lib/sessions';
import type { Gate } from './gate';
import type { LiveSession } from './live-session';
import { recallTexts } from './recall-texts';

/** Reads the session again together with where its stream ends, so that whatever is decided by the one is written after the other. Whoever asks meanwhile shares the reading. */
export function refreshSession(gate: Gate, session: LiveSession): Promise<void> {
  return (session.refreshing ??= readAgain(gate, session).finally(() => { session.refreshing = undefined; }));
}

async function readAgain(gate: Gate, session: LiveSession): Promise<void> {
  // A notice that comes while this reads must not be forgotten, so the mark is taken off first.
  session.stale = false;
  try {
    await read(gate, session);
  } catch (error) {
    session.stale = true;
    throw error;
  }
}

async function read(gate: Gate, session: LiveSession): Promise<void> {
  const { id } = session.row;
  const stream = sessionStream(id);
  // The head first: if the row changes in between, the comparison at the write fails and this is done again.
  const [head] = await sql.rows<{ last_seq: bigint; head: string }>('SELECT last_seq, head FROM log.stream WHERE id = $1', [stream]);
  const row = await readSession(sql, id);
  if (!row || !head) throw notFound('There is no such session.');
  if (row.generation !== session.row.generation) throw conflict('Another instance has taken this session over.');
  // Nobody can have told a session that was just opened anything yet.
  if (session.textsTo > 0 || !session.complete) await recallTexts(session);
  session.textsTo = Number(head.last_seq);
  // What is being written constrains it already, and may not be in the row that was read.
  const [constraining] = session.constraining;
  session.row = { ...row, constrained: row.constrained ?? constraining ?? null, untrustedSeen: row.untrustedSeen || session.row.untrustedSeen || session.seen.untrusted };
  session.version += 1;
  session.placed = gate.writer.place(stream, { seq: Number(head.last_seq), head: head.head });
}
