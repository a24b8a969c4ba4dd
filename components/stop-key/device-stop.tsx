'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { CodeLine } from '@/components/ui/copy-button';
import { Glyph } from '@/components/ui/glyphs';
import { Key } from '@/components/ui/key';
import { useArmed } from '@/components/ui/use-armed';
import { VerdictLine } from '@/components/ui/verdict-line';
import { HOLD_MINUTES } from '@/lib/protocol/limits';
import { stopByKey } from './stop-by-key';
import { StopOutcome } from './stop-outcome';
import type { Cover, KeyStop } from './view';

type Props = {
  controlUrl: string | null; stopCommand: string;
  /** The session in view, for a page that has one. */
  sessionId?: string | undefined;
  /** Whether this device's key stops everything. */
  wide: boolean;
  /** Whether there is a page to follow the order on without signing in first. */
  signedIn: boolean;
  /** The key is gone, and so may be the place where this stands: what to say about it. */
  onGone?: (because: string) => void;
};

/** STOP by this device's own key: everything, armed and then fired; the session in view by one press. Nothing is read for it. */
export function DeviceStop({ controlUrl, stopCommand, sessionId, wide, signedIn, onGone }: Props) {
  const { armed, secondsLeft, arm, disarm, target } = useArmed<Cover>();
  const [sending, setSending] = useState(false);
  const [outcome, setOutcome] = useState<KeyStop>();
  const [hold, setHold] = useState(true);
  const fire = async (cover: Cover) => {
    setSending(true);
    setOutcome(undefined);
    const result = await stopByKey(cover, controlUrl).catch((): KeyStop => ({ kind: 'unreachable', because: 'This browser could not sign the stop.' }));
    setSending(false);
    if (armed) disarm();
    if (result.kind === 'no_key') onGone?.(result.because);
    setOutcome(result);
  };
  if (outcome?.kind === 'stopped') return <StopOutcome outcome={outcome} signedIn={signedIn} />;
  return (
    <div className="device-stop">
      {outcome && <div className="empty" role="alert"><span className="hatch-box" data-size="20" /><div><div className="title" data-quiet>Nothing was stopped.</div><div className="facts-line">{outcome.because} Press again, or run:</div><div className="mt-2"><CodeLine command={stopCommand} /></div></div></div>}
      <div className="device-stop-row">
        {sessionId !== undefined && <Button tone="halt" disabled={sending} onClick={() => void fire({ scope: 'session', target: sessionId, ...(hold && { holdMinutes: HOLD_MINUTES }) })}>{sending && !armed ? <span className="spinner" /> : <Glyph name="stop" size={12} />}Stop the session in view</Button>}
        {wide && (armed ? <VerdictLine verdict="stopped" glyph="stop" word={`Armed, ${secondsLeft} s left`} /> : <Button tone="halt" data-arm="device" disabled={sending} onClick={() => { setOutcome(undefined); arm({ scope: 'global' }); }}><Glyph name="stop" size={12} />Stop everything from this device</Button>)}
      </div>
      {sessionId !== undefined && !armed && <label className="stop-hold"><input type="checkbox" checked={hold} onChange={() => setHold(!hold)} />stopping the session in view also holds new sessions of its agent for {HOLD_MINUTES} minutes</label>}
      {armed && (
        <>
          <button ref={target} type="button" className="stop-button" data-size="fire" disabled={sending} onClick={() => void fire(armed)}>
            {sending ? <span className="spinner" /> : <Glyph name="stop" />}<span>Stop everything</span>
          </button>
          <div className="armed-time" data-tone="stop"><i /></div>
          <div className="flex items-center justify-between gap-3 text-13 text-text-2"><span>It stays stopped until people release it.</span><Button onClick={disarm}>Disarm<Key>Esc</Key></Button></div>
        </>
      )}
    </div>
  );
}
