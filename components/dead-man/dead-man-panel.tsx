'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState, type FormEvent } from 'react';
import { Countdown } from '@/components/live/countdown';
import { actorWords } from '@/components/switches/scope-words';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { sayClock } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import type { DeadManView, Tend } from './view';

type Props = { /** The newest over this target, whatever became of it. */ deadMan: DeadManView | undefined; /** Who is paused or stopped: "support", or "everything in production". */ target: string; agentId?: string; tend: Tend };

/** A dead-man switch over an agent or the environment: armed with its time left and the button that keeps it, or the form that arms one. */
export function DeadManPanel({ deadMan, target, agentId, tend }: Props) {
  const router = useRouter();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const [sure, setSure] = useState(false);
  const act = async (work: () => Promise<{ ok: true } | { ok: false; because: string }> | undefined, done: string) => {
    setBusy(true);
    const result = (await work()?.catch(() => ({ ok: false as const, because: 'The server did not answer. Look at what holds before you try again.' }))) ?? { ok: false as const, because: 'This is not offered to you.' };
    setBusy(false);
    setSure(false);
    setWrong(result.ok ? undefined : result.because);
    if (result.ok) toast({ glyph: 'done', title: done });
    router.refresh();
  };
  const arm = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void act(() => tend.arm?.({ ...(agentId === undefined ? {} : { agentId }), action: form.get('action') === 'stop' ? 'stop' : 'pause', afterMinutes: Number(form.get('minutes')) }), 'The dead-man switch is armed.');
  };
  const opening = agentId === undefined ? `${target.slice(0, 1).toUpperCase()}${target.slice(1)}` : target;
  const armed = deadMan?.now.state === 'armed' ? deadMan : undefined;
  return (
    <section className="dead-man" aria-busy={busy}>
      <h2>Dead-man switch</h2>
      {armed ? (
        <>
          <p className="body"><b><VisibleText text={opening} /> {armed.action === 'stop' ? 'stops' : 'pauses'} in <Countdown until={armed.firesAt} over="a moment" /></b> unless somebody says before {sayClock(armed.firesAt)} that they are here. <VisibleText text={actorWords(armed.seenBy)} /> was, at {sayClock(armed.seenAt)}. It waits {minutes(armed.afterMinutes)}; armed by <VisibleText text={actorWords(armed.armedBy)} />.</p>
          {(tend.beat ?? tend.disarm) && (
            <div className="acts">
              {tend.beat && <Button tone="strong" disabled={busy} onClick={() => void act(() => tend.beat?.(armed.id), 'You are here. It waits anew.')}>I am here</Button>}
              {tend.disarm && (sure
                ? <><Button disabled={busy} onClick={() => void act(() => tend.disarm?.(armed.id), 'The dead-man switch is disarmed.')}>Disarm it for good</Button><Button disabled={busy} onClick={() => setSure(false)}>Leave it armed</Button></>
                : <Button disabled={busy} onClick={() => setSure(true)}>Disarm…</Button>)}
            </div>
          )}
        </>
      ) : (
        <>
          <p className="body">{told(deadMan)} {tend.arm ? 'Arm one and' : 'When one is armed,'} <VisibleText text={target} /> is paused or stopped as soon as nobody has said for so long that they are here.</p>
          {deadMan?.now.state === 'fired' && <p className="body"><Link className="link reach" href={`/switches/${deadMan.now.orderId}`} prefetch={false}>Open what it {deadMan.action === 'stop' ? 'stopped' : 'paused'}</Link></p>}
          {tend.arm && (
            <form onSubmit={arm}>
              <Field label="Minutes without anybody" name="minutes" type="number" inputMode="numeric" min={1} max={10_080} step={1} required defaultValue={60} hint="Between 1 and 10080, a week." />
              <fieldset className="choice"><legend>Then</legend>
                <label><input type="radio" name="action" value="pause" defaultChecked />pause it: it goes on after a release</label>
                <label><input type="radio" name="action" value="stop" />stop it: its sessions end</label>
              </fieldset>
              <div className="acts"><Button type="submit" disabled={busy}>Arm the dead-man switch</Button></div>
            </form>
          )}
        </>
      )}
      {wrong && <p className="text-13" role="alert"><b>{wrong}</b></p>}
    </section>
  );
}

const minutes = (count: number) => (count === 1 ? 'one minute' : `${count.toLocaleString('en')} minutes`);

function told(deadMan: DeadManView | undefined): string {
  if (deadMan?.now.state === 'fired') return `The last one fired at ${sayClock(deadMan.now.at)}, because nobody was here.`;
  if (deadMan?.now.state === 'disarmed') return `None is armed; ${actorWords(deadMan.now.by)} disarmed the last one at ${sayClock(deadMan.now.at)}.`;
  return 'None is armed.';
}
