'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Countdown } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { sayClock } from '@/components/ui/say-time';
import { VisibleText } from '@/components/ui/visible';
import { actorWords } from './scope-words';
import type { EndHold, HoldView } from './view';

/** That an agent's new sessions are held, for how much longer, and the way to end it. `over`: whether that time is past already, as the server saw it. */
export function HoldNote({ hold, agent, over, end }: { hold: HoldView; agent: string; over: boolean; end?: EndHold }) {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const letOpen = async () => {
    setBusy(true);
    const result = await end?.(hold.agentId).catch(() => ({ ok: false as const, because: 'The server did not answer. New sessions are still held.' }));
    setBusy(false);
    setWrong(result?.ok === false ? result.because : undefined);
    router.refresh();
  };
  if (hold.endedAt !== null) return <section><h2>New sessions</h2><p className="text-13 text-text-2 mt-1">Those of <VisibleText text={agent} /> were held until {hold.endedBy ? <VisibleText text={actorWords(hold.endedBy)} /> : 'somebody'} let them open at {sayClock(hold.endedAt)}.</p></section>;
  if (over) return <section><h2>New sessions</h2><p className="text-13 text-text-2 mt-1">Those of <VisibleText text={agent} /> were held until {sayClock(hold.until)}. They open again.</p></section>;
  return (
    <section>
      <h2>New sessions are held</h2>
      <p className="text-13 text-text-2 mt-1">None of <VisibleText text={agent} /> opens for another <Countdown until={hold.until} over="moment" />. It ends by itself at {sayClock(hold.until)}.</p>
      {end && <div className="mt-3"><Button disabled={busy} onClick={() => void letOpen()}>Let new sessions open</Button></div>}
      {wrong && <p className="text-13 mt-2" role="alert"><b>{wrong}</b></p>}
    </section>
  );
}
