import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { AlertActs } from '@/components/alerts/alert-acts';
import { AlertDetail } from '@/components/alerts/alert-detail';
import { LiveRefresh } from '@/components/live/live-refresh';
import { BackLine } from '@/components/shell/back-line';
import { authorise, explainRights, may } from '@/lib/access';
import { getAlert } from '@/lib/alerts';
import type { Context } from '@/lib/context';
import { idSchema } from '@/lib/protocol/ids';
import { acknowledge, assign, close, end, mute } from '../alert-actions';

export const metadata: Metadata = { title: 'Alert' };

export default async function AlertPage({ params }: { params: Promise<{ id: string }> }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'alert.read');
  const { id } = await params;
  const alert = idSchema.safeParse(id).success ? await getAlert(id) : undefined;
  if (!alert) notFound();
  const handles = may(actor, 'alert.handle');
  const mutes = may(actor, 'alert.mute');
  return (
    <>
      <LiveRefresh topics={['alerts', 'switches', ...(alert.sessionId === null ? [] : [`session:${alert.sessionId}`])]} />
      <BackLine line={`Alert of ${alert.agentName ?? alert.about}`} />
      <AlertDetail
        alert={alert}
        {...((handles || mutes) && { acts: <AlertActs key={alert.state.kind} alert={alert} {...(handles && { handle: { me: actor.id, people: await handlers(ctx), acknowledge, assign, close } })} {...(mutes && { muting: { mute, end } })} /> })}
      />
    </>
  );
}

/** Whom an alert can be given to. */
const handlers = async (ctx: Context) => (await explainRights(ctx)).filter((person) => person.may.some(({ verb }) => verb === 'alert.handle')).map(({ id, name }) => ({ id, name }));
