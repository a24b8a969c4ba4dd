import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { LiveRefresh } from '@/components/live/live-refresh';
import { OnCallScreen } from '@/components/on-call/on-call-screen';
import { loadActors, may } from '@/lib/access';
import { listRotas } from '@/lib/on-call';
import { endRota, giveOver, makeRota } from './actions';

export const metadata: Metadata = { title: 'On call' };

export default async function OnCallPage() {
  const { actor, ctx } = await requireSession();
  const [rotas, people] = await Promise.all([listRotas(ctx), loadActors(ctx.now())]);
  const able = people.filter((person) => may(person, 'approval.decide')).map(({ id, name }) => ({ id, name })).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <>
      <LiveRefresh topics={['people']} />
      <div className="page"><div className="page-read grid gap-8">
        <OnCallScreen rotas={rotas} people={able} me={actor.id} {...(may(actor, 'on_call.hand_over') && { giveOver })} {...(may(actor, 'on_call.manage') && { manage: { make: makeRota, end: endRota } })} />
      </div></div>
    </>
  );
}
