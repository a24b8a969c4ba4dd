'use client';

import type { RefObject } from 'react';
import { KeyRound } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Glyph } from '@/components/ui/glyphs';
import { CommandKey } from '@/components/ui/key';
import { SentenceText } from '@/components/ui/sentence';
import type { DecisionView } from './view';

type Props = { view: DecisionView; secondsLeft: number; target: RefObject<HTMLButtonElement | null>; sending: boolean; onFire: () => void; onDisarm: () => void };

/** The second target. It stands above and at the other side, so that a double press of the first never reaches it. */
export function ArmedStrip({ view, secondsLeft, target, sending, onFire, onDisarm }: Props) {
  const stepUp = view.may.approve && view.may.stepUp;
  return (
    <div className="armed">
      <Button ref={target} tone="hand-fill" size="large" onClick={onFire} disabled={sending} aria-keyshortcuts="Meta+Enter Control+Enter">
        {sending ? <span className="spinner" /> : stepUp ? <KeyRound size={14} aria-hidden="true" /> : <Glyph name="approved" size={14} />}
        {sending ? 'Recording…' : stepUp ? (view.may.approve && view.may.byCode ? 'Sign with passkey or code' : 'Sign with passkey') : 'Sign'}<CommandKey>↵</CommandKey>
      </Button>
      <p><span role="status">You let it happen once: <SentenceText parts={view.title} />.</span> <span className="on-desk">Disarms in {secondsLeft} s.</span></p>
      <Button onClick={onDisarm} className="on-desk">Disarm<span className="key">Esc</span></Button>
      <div className="armed-time"><i /></div>
    </div>
  );
}
