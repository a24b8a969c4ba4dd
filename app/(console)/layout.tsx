import type { ReactNode } from 'react';
import Link from 'next/link';
import { requireSession } from '@/app/_session/current-actor';
import { signOutAction } from '@/app/_session/sign-out-action';
import { NewDeviceBanner } from '@/components/access/new-devices';
import { ConsoleFrame } from '@/components/shell/console-frame';
import type { RoomName } from '@/components/shell/rooms';
import { StopKeyProvider } from '@/components/stop-key/stop-key-provider';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { listNewDevices, may } from '@/lib/access';
import { env } from '@/lib/env';
import { find } from './find-action';
import { roomCounts, standingOrders } from './frame-facts';
import { iKnowDevice, itWasNotMe } from './settings/factor-actions';
import { stopCommand } from './stop-command';
import { isStopKeyLive, keepStopKey } from './stop-key-actions';

const rooms: readonly RoomName[] = ['now', 'approvals', 'sessions', 'policies', 'log', 'agents', 'alerts', 'settings'];

/** What every page of the console stands in. Whoever is not signed in gets no further. */
export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { actor, ctx, signInId } = await requireSession({ confined: true });
  const { confined } = actor;
  const [counts, orders, devices] = await Promise.all([confined ? {} : roomCounts(actor), standingOrders(), confined ? [] : listNewDevices(ctx)]);
  const everything = orders.find((order) => order.scope === 'global' && order.kind === 'stop');
  const holder = may(actor, 'stop_key.register') ? { personId: actor.id, signInId, wide: may(actor, 'switch.engage.wide'), register: keepStopKey, isLive: isStopKeyLive } : null;
  return (
    <StopKeyProvider controlUrl={env().controlPublicUrl} holder={holder}>
      <ConsoleFrame
        environment={{ name: env().environment }} stopCommand={stopCommand} renderedAt={ctx.now().getTime()} rooms={confined ? [] : rooms} search={find} counts={counts}
        person={{ name: actor.name, line: actor.roles.join(', ') || 'no role' }} signOut={<form action={signOutAction}><Button tone="quiet" type="submit">Sign out</Button></form>}
        notices={<>
          {everything && <Banner kind="stop" action={<Link className="link ml-auto" href={`/switches/${everything.id}`} prefetch={false}>Open the stop</Link>}><b>Everything is stopped.</b> <span className="text-text-2">Nothing runs until it is released.</span></Banner>}
          {confined && <Banner kind="wait" action={<Link className="link ml-auto" href="/second-factor" prefetch={false}>See to it</Link>}><b>A second factor is required of you.</b> <span className="text-text-2">Until then you can stop, and nothing else.</span></Banner>}
          <NewDeviceBanner devices={devices} judge={{ know: iKnowDevice, disown: itWasNotMe }} />
        </>}
      >
        {children}
      </ConsoleFrame>
    </StopKeyProvider>
  );
}
