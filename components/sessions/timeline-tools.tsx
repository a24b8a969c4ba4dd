'use client';

import { Button } from '@/components/ui/button';
import { Glyph } from '@/components/ui/glyphs';
import { Key } from '@/components/ui/key';
import { sentenceWords } from '@/components/ui/sentence';
import type { TimelineMode } from './timeline-rows';
import type { SessionEventView } from './view';

export type TimelineFilter = { mode: TimelineMode; query: string };
type Props = { filter: TimelineFilter; onFilter: (filter: TimelineFilter) => void; events: readonly SessionEventView[]; selected: number | undefined; onReveal: (seq: number) => void; wentWrongAt: number | undefined };

const modes: [TimelineMode, string][] = [['timeline', 'Timeline'], ['compact', 'Compact'], ['full', 'Full']];

export function TimelineTools({ filter, onFilter, events, selected, onReveal, wentWrongAt }: Props) {
  const query = filter.query.trim().toLowerCase();
  const found = query.length < 2 ? [] : events.filter((event) => `${sentenceWords(event.sentence)} ${event.tool ?? ''} ${event.kind}`.toLowerCase().includes(query)).map((event) => event.seq);
  const at = selected === undefined ? -1 : found.indexOf(selected);
  const next = (back: boolean) => {
    const seq = back ? (found[at - 1] ?? found.at(-1)) : (found[at + 1] ?? found[0]);
    if (seq !== undefined) onReveal(seq);
  };
  return (
    <div className="timeline-tools" role="toolbar" aria-label="Timeline">
      <select className="input mode on-phone" aria-label="View" value={filter.mode} onChange={(event) => onFilter({ ...filter, mode: event.target.value as TimelineMode })}>{modes.map(([mode, word]) => <option key={mode} value={mode}>{word}</option>)}</select>
      <span className="segments on-desk">{modes.map(([mode, word]) => <button key={mode} type="button" aria-pressed={filter.mode === mode} onClick={() => onFilter({ ...filter, mode })}>{word}</button>)}</span>
      {wentWrongAt !== undefined && <Button onClick={() => onReveal(wentWrongAt)}><Glyph name="untrusted" size={14} /><span>Jump to where it went wrong</span></Button>}
      <span className="spring on-desk" />
      <label className="timeline-search">
        <span className="live-region">Search events</span>
        <input id="timeline-search" className="input" type="search" placeholder="Search events" value={filter.query} onChange={(event) => onFilter({ ...filter, query: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter') next(event.shiftKey);
            if (event.key === 'Escape') event.currentTarget.blur();
          }} />
        {query.length >= 2 && <span className="found" role="status">{found.length === 0 ? 'none' : at === -1 ? `${found.length} found` : `${at + 1} of ${found.length}`}</span>}
      </label>
      <span className="keys on-desk"><Key>j</Key><Key>k</Key> step <Key>[</Key><Key>]</Key> notable <Key>/</Key> search</span>
    </div>
  );
}
