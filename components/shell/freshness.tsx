'use client';

import { useEffect, useRef } from 'react';
import { useAnnounce } from '@/components/live/announcer';
import { useLive, useServerNow } from '@/components/live/live-provider';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { sayFor } from '@/components/ui/say-time';

/** How alive the page is, in the bar of every page. */
export function Freshness() {
  const { phase, heardAt } = useLive();
  const ago = useHeardAgo(heardAt);
  const silent = phase === 'live' && ago !== null && ago > 10_000;
  useAnnounceChanges(phase);
  if (phase === 'connecting') return <span className="freshness"><i className="pip" data-state="quiet" /><span>Connecting</span></span>;
  if (phase === 'lost') return <span className="freshness"><i className="pip" data-state="lost" /><span><b>No connection</b><span className="on-desk">{ago !== null && ` last heard ${sayFor(ago)} ago`}</span></span></span>;
  if (phase === 'polling') return <span className="freshness" title="The live socket is closed; the page reads itself again over HTTPS."><i className="pip" data-state="quiet" /><span>No live feed, <span className="quiet-text">read {sayFor(ago ?? 0)} ago</span></span></span>;
  if (silent) return <span className="freshness"><i className="pip" data-state="lost" /><span><b>Silent</b> for {sayFor(ago)}</span></span>;
  return <span className="freshness"><i className="pip" /><span>Live, <span className="quiet-text">{sayFor(ago ?? 0)} ago</span></span></span>;
}

/** Across the page while nothing answers: what is shown is old, and how old. */
export function LostBanner() {
  const { phase, heardAt, retry } = useLive();
  const ago = useHeardAgo(heardAt);
  if (phase !== 'lost') return null;
  return (
    <Banner kind="lost" action={<Button className="ml-auto bg-canvas on-desk" onClick={retry}>Try again now</Button>}>
      <b>This page cannot reach its server.</b> What you see is <span aria-live="off">{ago === null ? 'of unknown age' : `${sayFor(ago)} old`}</span>.
    </Banner>
  );
}

function useHeardAgo(heardAt: number | null) {
  const now = useServerNow();
  return heardAt === null ? null : Math.max(0, now - heardAt);
}

const said = { live: 'The page is live again.', polling: 'The live feed is interrupted; the page reads itself again.', lost: '', connecting: '' } as const;

function useAnnounceChanges(phase: keyof typeof said) {
  const announce = useAnnounce();
  const before = useRef(phase);
  useEffect(() => {
    if (before.current !== phase && before.current !== 'connecting' && said[phase]) announce(said[phase]);
    before.current = phase;
  }, [announce, phase]);
}
