'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { useLive } from '@/components/live/live-provider';
import { focusStop, stopAnchor } from '@/components/stop-key/focus-stop';
import { stopByKey } from '@/components/stop-key/stop-by-key';
import { useControlAnswers, useControlUrl, useLiveKey } from '@/components/stop-key/stop-key-provider';
import { StopOutcome } from '@/components/stop-key/stop-outcome';
import type { StoppedByKey } from '@/components/stop-key/view';
import { Button, DeadButton } from '@/components/ui/button';
import { CodeLine } from '@/components/ui/copy-button';
import { Glyph, ShiftSign } from '@/components/ui/glyphs';
import { CommandKey } from '@/components/ui/key';
import { useArmed } from '@/components/ui/use-armed';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import { HOLD_MINUTES } from '@/lib/protocol/limits';
import { FirePanel } from './fire-panel';
import { ReachSquares } from './reach-squares';
import { isArmed, reachSentence, scopeNames } from './scope-words';
import type { Engage, EngageResult, ScopeChoice, ScopeView } from './view';

type Props = { scopes: readonly ScopeView[]; running: number; engage: Engage; pause: Engage; stopCommand: string };
type Chosen = { scope: ScopeView['scope']; choice: ScopeChoice };

const unanswered: EngageResult = { ok: false, because: 'The server did not answer.', code: 'unavailable' };
/** Where the sign-in is over or the console can't do it, this device's own key is the way. A refusal by the person's role is none. */
const goesByKey = (code: string) => code === 'unauthenticated' || code === 'unavailable' || code === 'internal';

/** What can be stopped, from near to far, and what that would hit; narrow scopes by one press, wide ones armed and then fired. */
export function StopPanel({ scopes, running, engage, pause, stopCommand }: Props) {
  const router = useRouter();
  const { phase, retry } = useLive();
  const [targets, setTargets] = useState<Partial<Record<ScopeView['scope'], string>>>({});
  const [sending, setSending] = useState<ScopeView['scope'] | null>(null);
  const [failed, setFailed] = useState<string>();
  const [hold, setHold] = useState(true);
  const { armed, secondsLeft, arm, disarm, target } = useArmed<Chosen>();
  const [stopped, setStopped] = useState<{ outcome: StoppedByKey; signedIn: boolean }>();
  const lost = phase === 'lost';
  const key = useLiveKey();
  const controlUrl = useControlUrl();
  const controlAnswers = useControlAnswers(lost && key !== null);
  const dead = lost && !controlAnswers;
  // What it would hit goes on changing while it is armed; what was armed does not.
  const aimed = armed && (choicesOf(scopes, armed.scope).find((one) => one.target === armed.choice.target) ?? armed.choice);
  useEffect(() => {
    if (location.hash === `#${stopAnchor}`) focusStop();
  }, []);

  const fire = async ({ scope, choice }: Chosen, gently = false) => {
    setSending(scope);
    setFailed(undefined);
    setStopped(undefined);
    const input = { scope, ...(choice.target !== null && { target: choice.target }) };
    const asked = { ...input, ...(hold && !gently && !isArmed(scope) && { holdMinutes: HOLD_MINUTES }) };
    const result = lost ? unanswered : await (gently ? pause : engage)(asked).catch(() => unanswered);
    // A device's own key stops, with what is held under the same signature, and does nothing else: it pauses nothing.
    const byKey = !gently && !result.ok && goesByKey(result.code) && key ? await stopByKey(asked, controlUrl).catch(() => null) : null;
    setSending(null);
    if (result.ok || byKey?.kind === 'stopped') disarm();
    if (result.ok) return router.push(`/switches/${result.orderId}`);
    if (byKey?.kind === 'stopped') return setStopped({ outcome: byKey, signedIn: result.code !== 'unauthenticated' });
    setFailed(byKey ? `${result.because} ${byKey.because}` : result.because);
  };
  return (
    <>
      {dead ? (
        <>
          <h1>STOP does not work from here.</h1>
          <p className="lede">The live socket and plain HTTPS do not answer. Use the control service directly:</p>
          <div className="mt-4"><CodeLine command={stopCommand} /></div>
          <p className="text-13 text-text-3 mt-2">Works without this console, with a control key.</p>
        </>
      ) : lost ? (
        <>
          <h1>The console does not answer. STOP does.</h1>
          <p className="lede">It goes from this device straight to control, by the device’s own key. What is shown below is what ran when the console last answered.</p>
        </>
      ) : (
        <>
          <h1>What do you want to stop?</h1>
          <p className="lede">A stop overrides everything and stays until someone releases it. Stopping twice does no harm. <span className="on-desk">Wider scopes to the right. <CommandKey><ShiftSign />K</CommandKey> leads here from every page.</span></p>
        </>
      )}
      {stopped && <StopOutcome {...stopped} />}
      {failed && <div className="empty mt-4" role="alert"><span className="hatch-box" data-size="20" /><div><div className="title" data-quiet>Nothing was stopped.</div><div className="facts-line">{failed} Press again, or run:</div><div className="mt-2"><CodeLine command={stopCommand} /></div></div></div>}
      <div id={stopAnchor} className="scopes" data-dead={dead || undefined}>
        {scopes.map((view) => {
          const choice = view.choices.find((one) => (one.target ?? '') === (targets[view.scope] ?? view.chosen ?? view.choices[0]?.target ?? ''));
          const isOn = armed?.scope === view.scope;
          return (
            <section key={view.scope} className="scope" data-armed={isOn || undefined} data-chosen={view.chosen !== undefined || undefined} aria-label={scopeNames[view.scope]}>
              <div className="what">
                <ReachSquares scope={view.scope} hit={choice?.reach.sessions ?? 0} running={running} />
                <h2>{scopeNames[view.scope]}</h2>
                <Target view={view} choice={choice} onChoose={(value) => { setTargets({ ...targets, [view.scope]: value }); if (isOn) disarm(); }} />
                {choice && <p className="hits">{reachSentence(view.scope, choice.reach)}</p>}
                {choice && !choice.standingOrderId && !isArmed(view.scope) && <label className="stop-hold"><input type="checkbox" checked={hold} onChange={() => setHold(!hold)} />and hold new sessions of this agent for {HOLD_MINUTES} minutes</label>}
              </div>
              <div className="do">{press(view, choice, isOn)}</div>
            </section>
          );
        })}
      </div>
      {dead && <p className="flex items-center gap-3 mt-5 text-13 text-text-2"><Button onClick={retry}>Try again now</Button>Tries by itself every 2 s. Agents whose lease lapses stop on their own.</p>}
      {armed && aimed && !dead && <FirePanel scope={armed.scope} choice={aimed} secondsLeft={secondsLeft} target={target} sending={sending !== null} onFire={() => void fire(armed)} {...(!lost && { onPause: () => void fire(armed, true) })} onDisarm={disarm} />}
    </>
  );

  function press(view: ScopeView, choice: ScopeChoice | undefined, isOn: boolean) {
    const word = isArmed(view.scope) ? 'Arm' : 'Stop';
    if (dead) return <DeadButton>{word}</DeadButton>;
    if (!choice) return <Button tone="halt" disabled>{word}</Button>;
    if (choice.standingOrderId) return <Button onClick={() => router.push(`/switches/${choice.standingOrderId}`)}>Stopped already</Button>;
    if (isOn) return <Verdict name="stopped" word={`Armed, ${secondsLeft} s left`} />;
    return (
      <>
        <Button tone="halt" disabled={sending !== null} aria-label={`${word} ${choice.name}`} data-arm={view.scope} onClick={() => (isArmed(view.scope) ? arm({ scope: view.scope, choice }) : void fire({ scope: view.scope, choice }))}>
          {sending === view.scope && !isOn ? <span className="spinner" /> : <Glyph name="stop" size={12} />}{word}
        </Button>
        {!isArmed(view.scope) && !lost && <Button disabled={sending !== null} aria-label={`Pause ${choice.name}`} onClick={() => void fire({ scope: view.scope, choice }, true)}>Pause</Button>}
      </>
    );
  }
}

const choicesOf = (scopes: readonly ScopeView[], scope: ScopeView['scope']) => scopes.find((view) => view.scope === scope)?.choices ?? [];

function Target({ view, choice, onChoose }: { view: ScopeView; choice: ScopeChoice | undefined; onChoose: (target: string) => void }) {
  if (view.choices.length === 0) return <p className="target">nothing runs</p>;
  if (view.choices.length === 1 || !choice) return <p className="target"><VisibleText text={view.choices[0]!.name} /></p>;
  return (
    <select className="input target" aria-label={`Which ${scopeNames[view.scope].toLowerCase()}`} value={choice.target ?? ''} onChange={(event) => onChoose(event.target.value)}>
      {view.choices.map((one) => <option key={one.target ?? ''} value={one.target ?? ''}>{one.name}</option>)}
    </select>
  );
}
