'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { Seal } from '@/components/ui/glyphs';
import { VisibleText } from '@/components/ui/visible';
import type { DetectorAlertView } from '@/lib/detectors/schema';

export type LookedAt = (alertId: string) => Promise<{ ok: true } | { ok: false; because: string }>;

/** Detectors that wanted to stop more than they may in a minute: what was left running, for a person to look at. */
export function DetectorAlerts({ alerts, names, looked }: { alerts: readonly DetectorAlertView[]; /** What people call the sessions. */ names: Readonly<Record<string, string>>; looked?: LookedAt }) {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const look = async (id: string) => {
    setBusy(true);
    const result = await looked?.(id).catch(() => ({ ok: false as const, because: 'The server did not answer.' }));
    setBusy(false);
    setWrong(result?.ok === false ? result.because : undefined);
    router.refresh();
  };
  if (alerts.length === 0) return null;
  return (
    <section className="standing" id="alerts">
      <h2>Left to a person</h2>
      {wrong && <p className="text-13 mt-1" role="alert"><b>{wrong}</b></p>}
      <ul>
        {alerts.map((alert) => (
          <li key={alert.id}>
            <Seal name="asked" tone="wait" />
            <div>
              <b className="sentence">The detector <VisibleText text={alert.detector} /> has stopped as many sessions as it may in a minute, and left {alert.withheld.length + alert.more} running, <Ago at={alert.raisedAt} suffix=" ago" /></b>
              <ul className="withheld">{alert.withheld.map((one) => <li key={one.sessionId}><Link className="link" href={`/switches?session=${one.sessionId}`} prefetch={false}><VisibleText text={names[one.sessionId] ?? one.sessionId} /></Link> <span className="quiet-text"><VisibleText text={one.reason} /></span></li>)}{alert.more > 0 && <li className="quiet-text">and {alert.more.toLocaleString('en')} more</li>}</ul>
            </div>
            {looked && <Button disabled={busy} onClick={() => void look(alert.id)}>I have looked</Button>}
          </li>
        ))}
      </ul>
    </section>
  );
}
