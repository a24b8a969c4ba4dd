'use client';

import { useState } from 'react';
import { useServerNow } from '@/components/live/live-provider';
import { sayClock } from '@/components/ui/say-time';

/** The server's time. A press changes between UTC and the time of the person's place. */
export function Clock() {
  const now = useServerNow();
  const [local, setLocal] = useState(false);
  const zone = local ? new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(now).find((part) => part.type === 'timeZoneName')?.value : 'UTC';
  return (
    <button type="button" className="clock on-desk" onClick={() => setLocal(!local)} title={local ? 'Show UTC' : 'Show your local time'}>
      <b>{sayClock(now, { local })}</b> {zone}
    </button>
  );
}
