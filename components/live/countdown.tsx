'use client';

import { sayFor, sayLeft, urgency } from '@/components/ui/say-time';
import { useServerNow } from './live-provider';

type Props = { until: string; suffix?: string; big?: boolean; over?: string };

/** Time left by the server's clock. Heavier under five minutes, inverted under one; never red, never blinking. */
export function Countdown({ until, suffix = '', big, over = 'time is up' }: Props) {
  const left = new Date(until).getTime() - useServerNow();
  if (left <= 0) return <span className="countdown">{over}</span>;
  const how = urgency(left);
  const className = big && how !== 'last' ? 'countdown countdown-big' : big ? 'countdown countdown-big last' : 'countdown';
  return <time className={className} data-urgency={how} dateTime={until}>{sayLeft(left)}{suffix}</time>;
}

/** How long ago something was, growing. */
export function Ago({ at, detail, suffix = '' }: { at: string; detail?: boolean; suffix?: string }) {
  const now = useServerNow();
  return <time dateTime={at}>{sayFor(now - new Date(at).getTime(), detail)}{suffix}</time>;
}
