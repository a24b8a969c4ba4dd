'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { useToast } from '@/components/ui/toast';
import type { DemoState } from '@/lib/demo/schema';
import { sayEffects } from './say-effects';

export type DemoResult = { ok: true } | { ok: false; because: string };
type Props = {
  state: DemoState;
  /** Whether this person may run and end it; others only read. */
  may: boolean;
  /** Alone on an empty page it is the thing to press; elsewhere a quiet line. */
  place: 'empty' | 'line';
  start: () => Promise<DemoResult>;
  stop: () => Promise<DemoResult>;
};

/** The demo fleet: starts four simulated agents, and says what they have really done so far. */
export function RunDemo({ state, may, place, start, stop }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [pending, startTransition] = useTransition();
  const [asked, setAsked] = useState<'start' | 'stop'>();
  const press = (kind: 'start' | 'stop') => startTransition(async () => {
    setAsked(kind);
    const result = await (kind === 'start' ? start() : stop()).catch((): DemoResult => ({ ok: false, because: 'The server did not answer.' }));
    if (!result.ok) toast({ glyph: 'broken', title: kind === 'start' ? 'The demo fleet was not started.' : 'The demo fleet was not ended.', second: result.because });
    setAsked(undefined);
    router.refresh();
  });
  if (!state.wanted) {
    if (!may) return null;
    return (
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button {...(place === 'empty' ? { tone: 'strong' } : { tone: 'quiet' })} disabled={pending} onClick={() => press('start')}>{asked === 'start' ? 'Starting the demo fleet' : 'Run the demo fleet'}</Button>
        <span className="text-13 text-text-3">SIMULATED: four agents at made-up work. No key, no network beyond this machine.</span>
      </div>
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2" role="group" aria-label="Demo fleet, simulated">
      <span className="text-13 text-text-3">
        SIMULATED: {state.running && state.since ? <>the demo fleet has run for <Ago at={state.since} />.</> : (state.trouble ?? 'the demo fleet is being started.')}
        {state.effects && <> So far {sayEffects(state.effects)}.</>}
      </span>
      {may && <Button tone="quiet" disabled={pending} onClick={() => press('stop')}>{asked === 'stop' ? 'Ending the demo fleet' : 'End the demo fleet'}</Button>}
    </div>
  );
}
