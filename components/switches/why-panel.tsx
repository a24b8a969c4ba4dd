'use client';

import { useState } from 'react';
import { ChipToggle } from '@/components/ui/chip';
import { VisibleText } from '@/components/ui/visible';
import type { GiveReason } from './view';

const reasons = ['Prompt injection', 'Runaway cost', 'Wrong data', 'Not sure'];

/** Asked after the stop, never before it. */
export function WhyPanel({ orderId, reason, give }: { orderId: string; reason: string | null; give?: GiveReason }) {
  const [said, setSaid] = useState(reason);
  const [wrong, setWrong] = useState<string>();
  const say = async (next: string) => {
    const result = await give?.({ orderId, reason: next }).catch(() => ({ ok: false as const, because: 'The server did not answer.' }));
    if (result?.ok) setSaid(next);
    else setWrong(result?.because);
  };
  if (!give) return said ? <section><h2>Why</h2><p className="text-13 text-text-2 mt-1"><VisibleText text={said} /></p></section> : null;
  return (
    <section>
      <h2>Why? <span className="font-normal quiet-text">optional</span></h2>
      <div className="flex flex-wrap gap-1.5 mt-2">{reasons.map((one) => <ChipToggle key={one} on={said === one} onClick={() => void say(one)}>{one}</ChipToggle>)}</div>
      {said && !reasons.includes(said) && <p className="text-13 text-text-2 mt-2"><VisibleText text={said} /></p>}
      {wrong && <p className="text-12 font-medium mt-2" role="alert">{wrong}</p>}
    </section>
  );
}
