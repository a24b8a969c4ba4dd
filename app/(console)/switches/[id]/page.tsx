import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { requireSession } from '@/app/_session/current-actor';
import { DrillNote } from '@/components/drills/drill-note';
import { LiveRefresh } from '@/components/live/live-refresh';
import { BackLine } from '@/components/shell/back-line';
import { ControlKeys } from '@/components/switches/control-keys';
import { HoldNote } from '@/components/switches/hold-note';
import { OrderScreen } from '@/components/switches/order-screen';
import { ReleasePanel } from '@/components/switches/release-panel';
import { WhyPanel } from '@/components/switches/why-panel';
import { authorise, may } from '@/lib/access';
import { getAgent } from '@/lib/agents';
import { drillOfOrder } from '@/lib/drills';
import { orderIdSchema } from '@/lib/protocol/order';
import { nameSessions } from '@/lib/sessions';
import { getOrder, listControlKeys, mayReleaseSince, NEWER_THAN_STOP, releaserCount } from '@/lib/switches';
import { nameOrders } from '../name-orders';
import { askForRelease, endControlKey, endHoldOf, keepStopped, sayWhy, secondRelease, signRelease } from '../switch-actions';

export const metadata: Metadata = { title: 'Stop' };

export default async function OrderPage({ params }: { params: Promise<{ id: string }> }) {
  const { actor, ctx } = await requireSession({ confined: true });
  authorise(ctx, 'switch.read');
  const { id } = await params;
  const detail = orderIdSchema.safeParse(id).success ? await getOrder(id) : undefined;
  if (!detail) notFound();
  const { hold } = detail;
  const [[named], names, releasers, held] = await Promise.all([nameOrders([detail.order]), nameSessions(detail.targets.map((target) => target.sessionId)), releaserCount(new Date(detail.order.issuedAt)), hold ? getAgent(hold.agentId) : undefined]);
  const mayRelease = may(actor, 'switch.release');
  const drill = detail.order.drill ? await drillOfOrder(id) : undefined;
  return (
    <>
      <LiveRefresh topics={['switches', ...detail.targets.slice(0, 200).map((target) => `session:${target.sessionId}`)]} />
      <BackLine line="Stop" />
      <OrderScreen
        detail={detail} name={named!.name} names={names}
        aside={<>
          <WhyPanel orderId={id} reason={detail.order.reason} {...(may(actor, 'switch.engage.session') && { give: sayWhy })} />
          {hold && <HoldNote hold={hold} agent={held?.name ?? 'this agent'} over={Date.parse(hold.until) <= ctx.now().getTime()} {...(mayRelease && { end: endHoldOf })} />}
          {drill && <DrillNote drill={drill} />}
          <ReleasePanel
            order={detail.order} releasers={releasers} viewerId={actor.id} begin={signRelease} request={askForRelease} second={secondRelease} withdraw={keepStopped}
            {...(!mayRelease && { mayNot: `Releasing takes the role responder; you are ${actor.roles.join(', ') || 'without a role'}.` })}
            {...(mayRelease && !mayReleaseSince(actor, new Date(detail.order.issuedAt), ctx.now()) && { mayNot: NEWER_THAN_STOP })}
          />
          {detail.order.engagedBy.kind === 'control_key' && may(actor, 'control_key.manage') && <ControlKeys keys={await listControlKeys(ctx)} engagedBy={detail.order.engagedBy.id} revoke={endControlKey} />}
        </>}
      />
    </>
  );
}
