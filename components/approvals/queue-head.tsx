'use client';

import { ListChecks, SlidersHorizontal, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import { VisibleText } from '@/components/ui/visible';
import { addressOf, isNarrowed, shows, type QueueAsk, type QueueShow } from './queue-address';
import type { QueueCounts, ViewActs } from './view';

// Who never narrows the list never loads what narrows it.
const QueueFilters = dynamic(() => import('./queue-filters').then((module) => module.QueueFilters), { ssr: false });

/** An agent that asked more than anybody can answer. */
export type Flooded = { agentName: string; orderId: string };

type Props = {
  ask: QueueAsk; counts: QueueCounts; fresh: number; failed: string | null; choosing: boolean; mayChoose: boolean; views: ViewActs; selectedId: string | undefined;
  onAsk: (ask: QueueAsk) => void; onNew: () => void; onChoose: () => void; onRetry: () => void;
};
const names: Record<QueueShow, string> = { yours: 'Yours', others: 'Others’', decided: 'Decided' };
const SETTLE_MS = 180;

/** What the list is, how much is in it, and how it is narrowed; all of it in the address. */
export function QueueHead({ ask, counts, fresh, failed, choosing, mayChoose, views, selectedId, onAsk, onNew, onChoose, onRetry }: Props) {
  const [open, setOpen] = useState(false);
  const count = ask.show === 'decided' ? counts.decided : counts[ask.show];
  return (
    <div className="queue-head">
      <h1 className="working">{headline(ask.show, count)}</h1>
      {failed ? <p className="text-12" role="status">{failed} What stands here is of a while ago. <button type="button" className="link reach" onClick={onRetry}>Try again</button></p> : <p className="text-12 text-text-3">Rows hold still while you are here.</p>}
      <div className="filters">
        {shows.map((show) => <Link key={show} href={addressOf(undefined, { show, sort: ask.sort, grouped: false, search: '' })} prefetch={false} className="chip" aria-current={show === ask.show ? 'true' : undefined}>{names[show]} {show === 'decided' ? said(counts.decided) : counts[show].toLocaleString('en')}</Link>)}
        {fresh > 0 && <button type="button" className="chip ml-auto" data-tone="open" onClick={onNew}>{fresh.toLocaleString('en')} new</button>}
      </div>
      {ask.show === 'decided' ? <p className="mt-2"><Link className="link reach text-13" href="/approvals/history" prefetch={false}>All of it, with filters and export</Link></p> : (
        <div className="queue-tools">
          <Search key={ask.show} value={ask.search} onSearch={(search) => onAsk({ ...ask, search })} />
          <button type="button" className="button" data-icon-only aria-label="Narrow and group" aria-expanded={open} onClick={() => setOpen(!open)}><SlidersHorizontal size={16} strokeWidth={1.75} aria-hidden="true" /></button>
          {mayChoose && <button type="button" className="button" data-icon-only aria-label="Choose several" aria-pressed={choosing} aria-keyshortcuts="x" onClick={onChoose}><ListChecks size={16} strokeWidth={1.75} aria-hidden="true" /></button>}
        </div>
      )}
      {open && ask.show !== 'decided' && <QueueFilters ask={ask} onAsk={onAsk} views={views} selectedId={selectedId} />}
      {isNarrowed(ask) && ask.show !== 'decided' && (
        <div className="filters" role="status">
          <span className="text-12 text-text-2">{counts.matching.toLocaleString('en')} fit:</span>
          {narrowed(ask).map(([words, without]) => <button key={words} type="button" className="chip" onClick={() => onAsk(without)} aria-label={`Take away: ${words}`}><VisibleText text={words.length > 40 ? `${words.slice(0, 24)} … ${words.slice(-12)}` : words} /><X size={12} aria-hidden="true" /></button>)}
        </div>
      )}
    </div>
  );
}

const said = (count: number) => (count >= 1_000 ? '1,000+' : count.toLocaleString('en'));

function headline(show: QueueShow, count: number) {
  if (show === 'decided') return `${count ? said(count) : 'None'} decided`;
  const noun = count === 1 ? 'approval waits' : 'approvals wait';
  if (count === 0) return show === 'yours' ? 'Nothing waits on you' : 'Nothing waits on others';
  return `${count.toLocaleString('en')} ${noun} on ${show === 'yours' ? 'you' : 'others'}`;
}

/** Each thing that narrows the list, in words, and the list without it. */
function narrowed({ group, search, agent, tool, rule, risk, ...rest }: QueueAsk): [string, QueueAsk][] {
  const all = { ...(group !== undefined && { group }), ...(agent !== undefined && { agent }), ...(tool !== undefined && { tool }), ...(rule !== undefined && { rule }), ...(risk !== undefined && { risk }) };
  const without = (name: keyof typeof all): QueueAsk => { const { [name]: _, ...left } = all; return { ...rest, search, ...left }; };
  return [
    ...(search.trim() !== '' ? [[`“${search.trim()}”`, { ...rest, ...all, search: '' }] as [string, QueueAsk]] : []),
    ...(group !== undefined ? [['one kind', without('group')] as [string, QueueAsk]] : []), ...(agent !== undefined ? [['one agent', without('agent')] as [string, QueueAsk]] : []),
    ...(tool !== undefined ? [[tool, without('tool')] as [string, QueueAsk]] : []), ...(rule !== undefined ? [[rule, without('rule')] as [string, QueueAsk]] : []), ...(risk !== undefined ? [[`${risk} risk`, without('risk')] as [string, QueueAsk]] : []),
  ];
}

/** The field is the person's own; the list follows once they pause. */
function Search({ value, onSearch }: { value: string; onSearch: (search: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  // What is typed stays as it is typed: the address has it without its last space, and a moment later. Taken away elsewhere, such as by its chip, it is gone here too.
  useEffect(() => { if (field.current && field.current !== document.activeElement) field.current.value = value; }, [value]);
  const type = (next: string) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onSearch(next), SETTLE_MS);
  };
  return <input ref={field} type="search" className="input" aria-label="Search what waits" aria-keyshortcuts="/" placeholder="Search" maxLength={200} defaultValue={value} onChange={(event) => type(event.target.value)} onKeyDown={(event) => { if (event.key === 'Escape') event.currentTarget.blur(); }} />;
}
