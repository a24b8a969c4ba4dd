import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { LiveRefresh } from '@/components/live/live-refresh';
import { ConstraintLine } from '@/components/sessions/constraint-line';
import { SessionHeader } from '@/components/sessions/session-header';
import { Timeline } from '@/components/sessions/timeline';
import { EraseSession } from '@/components/payloads/erase-session';
import { SessionDump } from '@/components/payloads/session-dump';
import { BackLine } from '@/components/shell/back-line';
import { ButtonLink } from '@/components/ui/button';
import { Glyph } from '@/components/ui/glyphs';
import { authorise, may } from '@/lib/access';
import { dumpOf } from '@/lib/dumps';
import { idSchema } from '@/lib/protocol/ids';
import { sessionErasure } from '@/lib/payloads';
import { getSession } from '@/lib/sessions';
import { readSessionPage } from '../read-session-page';
import { eraseTexts, loadDump, revealText } from '../payload-actions';
import { liftHold, loadEvents, loadPeek } from '../session-actions';

export const metadata: Metadata = { title: 'Session' };

export default async function SessionPage({ params, searchParams }: { params: Promise<{ id: string }>; searchParams: Promise<{ at?: string | string[] }> }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'session.read');
  const [{ id }, query] = await Promise.all([params, searchParams]);
  const session = idSchema.safeParse(id).success ? await getSession(id) : undefined;
  if (!session) notFound();
  const at = typeof query.at === 'string' && /^\d{1,9}$/.test(query.at) ? Number(query.at) : undefined;
  const { view, events, unloaded } = await readSessionPage(session, ctx.now(), at);
  const [dump, erasure] = session.endedAt === null ? [] : await Promise.all([dumpOf(id), sessionErasure(ctx, id)]);
  const erasable = session.endedAt !== null && may(actor, 'payload.erase') && erasure === undefined;
  const running = session.state === 'open' || session.state === 'lost' || session.state === 'paused';
  return (
    <>
      <LiveRefresh topics={[`session:${id}`, 'switches']} />
      <BackLine line={`Session ${session.shortId}`} />
      <div className="session">
        <SessionHeader session={view} events={events} {...(view.constraint && { held: <ConstraintLine constraint={view.constraint} sessionId={id} shortId={session.shortId} {...(may(actor, 'session.unconstrain') && { lift: liftHold.bind(null, id) })} /> })} {...(dump && { kept: <SessionDump dump={dump} erased={erasure !== undefined} {...(may(actor, 'payload.read') && { load: loadDump.bind(null, id) })} /> })} acts={erasable ? <EraseSession shortId={session.shortId} erase={eraseTexts.bind(null, id)} /> : running && may(actor, 'switch.engage.session') && <ButtonLink tone="halt" href={`/switches?session=${id}`}><Glyph name="stop" size={12} />Stop session…</ButtonLink>} />
        <Timeline session={view} events={events} unloaded={unloaded} loadPeek={loadPeek.bind(null, id)} loadEvents={loadEvents.bind(null, id)} {...(may(actor, 'payload.reveal') && { reveal: revealText.bind(null, id) })} {...(at === undefined ? {} : { selectedSeq: at })} />
      </div>
    </>
  );
}
