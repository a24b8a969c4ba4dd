import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { ChannelsScreen } from '@/components/channels/channels-screen';
import { DeadLetters } from '@/components/channels/dead-letters';
import { Deliveries } from '@/components/channels/deliveries';
import { routesByChannel } from '@/components/channels/words';
import { LiveRefresh } from '@/components/live/live-refresh';
import { listPasskeys, may } from '@/lib/access';
import { env } from '@/lib/env';
import { listChannels, listNotices } from '@/lib/notify';
import { activePolicies } from '@/lib/policies';
import { beginChannelProof, discardLetter, endChannel, makeChannel, reshapeChannel, rotateChannelSecret, sendOnceMore, sendTest } from './channel-actions';

export const metadata: Metadata = { title: 'Channels' };

const manage = { create: makeChannel, change: reshapeChannel, rotate: rotateChannelSecret, remove: endChannel, test: sendTest, retry: sendOnceMore, discard: discardLetter, beginProof: beginChannelProof };

export default async function ChannelsPage() {
  const { actor, ctx } = await requireSession();
  if (!may(actor, 'channel.manage')) return <div className="page"><div className="page-read"><header><h1>Channels are set up by administrators.</h1><p className="lede">Whom a question was told to stands on its card.</p></header></div></div>;
  const [policies, channels, dead, lately, passkeys] = await Promise.all([activePolicies(), listChannels(ctx), listNotices(ctx, { state: 'dead', limit: 100 }), listNotices(ctx, { limit: 20 }), listPasskeys(ctx)]);
  return (
    <>
      <LiveRefresh topics={['channels', 'policies']} />
      <div className="page"><div className="page-read grid gap-8">
        <ChannelsScreen channels={channels} routes={routesByChannel(policies?.routes ?? {})} dead={channels.reduce((sum, one) => sum + one.dead, 0)} mailServer={env().smtp !== undefined} hasPasskey={passkeys.length > 0} manage={manage} />
        <DeadLetters letters={dead} manage={{ retry: sendOnceMore, discard: discardLetter }} />
        <Deliveries notices={lately} />
      </div></div>
    </>
  );
}
