'use client';

import type { RefObject } from 'react';
import { Button } from '@/components/ui/button';
import { Glyph } from '@/components/ui/glyphs';
import { Key } from '@/components/ui/key';
import { VisibleText } from '@/components/ui/visible';
import { reachFacts, reachSentence } from './scope-words';
import type { ScopeChoice, SwitchScope } from './view';

type Props = { scope: SwitchScope; choice: ScopeChoice; secondsLeft: number; target: RefObject<HTMLButtonElement | null>; sending: boolean; onFire: () => void; onPause?: () => void; onDisarm: () => void };

/** What firing would do, and the one button that does it, away from where it was armed. */
export function FirePanel({ scope, choice, secondsLeft, target, sending, onFire, onPause, onDisarm }: Props) {
  return (
    <div className="fire">
      <section className="on-desk">
        <h2>If you fire now</h2>
        <dl className="facts">{reachFacts(scope, choice).map(([label, sentence]) => <Fact key={label} label={label} sentence={sentence} />)}</dl>
      </section>
      <div className="act">
        <p className="on-phone text-13 text-text-2"><b className="text-text">{reachSentence(scope, choice.reach)}</b>{choice.reach.approvals > 0 && ` Cancels ${choice.reach.approvals} ${choice.reach.approvals === 1 ? 'approval' : 'approvals'}.`}</p>
        <button ref={target} type="button" className="stop-button" data-size="fire" disabled={sending} onClick={onFire}>
          {sending ? <span className="spinner" /> : <Glyph name="stop" />}<span>Stop {scope === 'global' ? 'everything' : <VisibleText text={choice.name} />}</span>
        </button>
        <div className="armed-time" data-tone="stop"><i key={choice.target} /></div>
        <div className="flex items-center justify-between gap-3 text-13 text-text-2"><span>Disarms in {secondsLeft} s. <span className="on-desk">No reason is asked now.</span></span><Button onClick={onDisarm}>Disarm<Key>Esc</Key></Button></div>
        {onPause && <p className="text-13 text-text-2"><Button disabled={sending} onClick={onPause}>Pause instead</Button> <span className="on-desk">Keeps everything as it is; it goes on after the release.</span></p>}
      </div>
    </div>
  );
}

const Fact = ({ label, sentence }: { label: string; sentence: string }) => <><dt>{label}</dt><dd><VisibleText text={sentence} /></dd></>;
