'use client';

import { useState } from 'react';
import { UnfoldVertical } from 'lucide-react';
import { collapseMiddle } from './collapse-middle';
import { lookalikesIn } from './lookalikes';
import { markSpans, type Span } from './mark-spans';
import { useOpenings } from './openings';
import { useHydrated } from './use-hydrated';
import { VisibleText } from './visible';
import { countUnseen } from './visible-text';

/** Longer values are read in stretches: a page of a quarter of a million characters helps nobody and stalls a phone. */
const stretch = 4_000;

type Props = { path: string; name: string; text: string; untrusted: readonly Span[]; measure?: string };

/** A value that folds in the middle, never at its end, and counts what the fold holds. */
export function FoldedValue({ path, name, text, untrusted, measure }: Props) {
  const { opened, open } = useOpenings();
  const hydrated = useHydrated();
  const [openHere, setOpenHere] = useState(false);
  const [shown, setShown] = useState(stretch);
  const fold = collapseMiddle(text);
  const isOpen = openHere || opened.has(path);
  const unfold = () => {
    setOpenHere(true);
    open(path);
  };
  const tail = measure && <span className="meta"> <VisibleText text={measure} /></span>;
  if (text === '') return <div className="value"><span className="meta">empty</span></div>;
  if (!fold || isOpen) {
    const end = Math.min(text.length, shown);
    return (
      <div className="value" tabIndex={text.length > 600 ? 0 : undefined} data-long={text.length > 600 || undefined} role={text.length > 600 ? 'group' : undefined} aria-label={text.length > 600 ? `${name}, whole value` : undefined}>
        <div className={text.length > 600 ? 'value-scroll' : undefined}>
          <Stretch text={text} spans={untrusted} from={0} to={end} />{tail}
          {end < text.length && (
            <button type="button" className="expander" onClick={() => setShown(end + stretch)}>Show the next {Math.min(stretch, text.length - end).toLocaleString('en')} of {(text.length - end).toLocaleString('en')} characters</button>
          )}
        </div>
        <Lookalikes text={text.slice(0, end)} />
      </div>
    );
  }
  const hiddenUnseen = fold.hidden <= 20_000 ? countUnseen(text.slice(fold.headEnd, fold.tailStart)) : 0;
  return (
    <div className="value">
      <Stretch text={text} spans={untrusted} from={0} to={fold.headEnd} />
      <button type="button" className="expander" onClick={unfold} disabled={!hydrated} aria-label={`Open ${fold.hidden.toLocaleString('en')} more characters of ${name}`}>
        <UnfoldVertical size={14} strokeWidth={1.75} aria-hidden="true" />Open {fold.hidden.toLocaleString('en')} more{hiddenUnseen > 0 ? `, ${hiddenUnseen.toLocaleString('en')} invisible` : ' characters'}
      </button>
      <Stretch text={text} spans={untrusted} from={fold.tailStart} to={text.length} />{tail}
    </div>
  );
}

function Stretch({ text, spans, from, to }: { text: string; spans: readonly Span[]; from: number; to: number }) {
  return markSpans(text, spans, from, to).map((piece, index) => (
    <span key={index} className={piece.untrusted ? 'untrusted' : undefined}><VisibleText text={piece.text} /></span>
  ));
}

function Lookalikes({ text }: { text: string }) {
  const alphabets = new Set(lookalikesIn(Array.from(text)).values());
  if (alphabets.size === 0) return null;
  return <p className="lookalike-note">Looks like Latin letters, but some are {[...alphabets].join(' and ')}.</p>;
}
