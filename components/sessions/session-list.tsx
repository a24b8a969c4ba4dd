import Link from 'next/link';
import type { ReactNode } from 'react';
import { Ago } from '@/components/live/countdown';
import { Seal } from '@/components/ui/glyphs';
import { Headline } from '@/components/ui/headline';
import { MarginRow, MarginSection } from '@/components/ui/margin-list';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import { sessionPip, sessionWord } from './session-words';
import type { SessionRow } from './view';

export type SessionFilter = 'open' | 'ended' | 'all';
type Props = { rows: readonly SessionRow[]; counts: { open: number; stopped: number }; filter: SessionFilter; empty?: ReactNode; more?: ReactNode };

const names: [SessionFilter, string][] = [['open', 'Running'], ['ended', 'Ended'], ['all', 'All']];

/** What the agents do now, and what they did. */
export function SessionList({ rows, counts, filter, empty, more }: Props) {
  return (
    <div className="page">
      <div className="page-read">
        <div className="margin-head"><div>
          <Headline text={headline(counts)} />
          <div className="flex flex-wrap gap-1.5 mt-3">{names.map(([name, word]) => <Link key={name} href={`/sessions?show=${name}`} prefetch={false} className="chip" aria-current={name === filter ? 'true' : undefined}>{word}</Link>)}</div>
        </div></div>
        {rows.length === 0 && empty && <div className="margin-head pt-5"><div>{empty}</div></div>}
        {rows.length > 0 && <div className="margin mt-2">
        <Group title="Needs attention" rows={rows.filter(attention)} />
        <Group title={filter === 'ended' ? 'Ended' : 'The others'} rows={rows.filter((row) => !attention(row))} />
        </div>}
        {more}
      </div>
    </div>
  );
}

function headline({ open, stopped }: Props['counts']) {
  const running = open === 0 ? 'No session is running.' : open === 1 ? 'One session is running.' : `${open.toLocaleString('en')} sessions are running.`;
  return stopped === 0 ? running : `${running} ${stopped === 1 ? 'One is' : `${stopped.toLocaleString('en')} are`} stopped.`;
}

const attention = (row: SessionRow) => row.waiting > 0 || row.state === 'lost' || ((row.tainted || row.constrained) && row.state === 'open');

function Group({ title, rows }: { title: string; rows: readonly SessionRow[] }) {
  if (rows.length === 0) return null;
  return <MarginSection title={title}>{rows.map((row) => <Row key={row.id} row={row} />)}</MarginSection>;
}

function Row({ row }: { row: SessionRow }) {
  return (
    <MarginRow
      href={`/sessions/${row.id}`} when={<Ago at={row.lastEventAt} suffix=" ago" />}
      mark={row.waiting > 0 ? <Seal name="asked" tone="wait" /> : row.state === 'stopped' ? <Seal name="stop" tone="stop" /> : row.tainted ? <Seal name="untrusted" tone="taint" /> : row.state === 'lost' ? <i className="hatch-box" /> : <i className="pip" data-state={sessionPip(row.state)} />}
      sentence={<VisibleText text={row.purpose} />}
      second={<><VisibleText text={row.agent} />, {row.shortId}, {sessionWord(row.state)}{row.principal && <>, for <VisibleText text={row.principal} /></>} · {row.events.toLocaleString('en')} events{row.asks > 0 && ` · ${row.asks} asked`}{row.denies > 0 && ` · ${row.denies} denied`}{row.tainted && <span className="text-taint-text"> · untrusted text</span>}{row.constrained && <b className="font-medium"> · constrained</b>}{row.enforcement === 'cooperative' && ' · cooperative'}{row.simulated && ' · SIMULATED'}</>}
      act={row.waiting > 0 ? <Verdict name="ask" word={row.waiting === 1 ? 'waits on a person' : `${row.waiting} wait on a person`} /> : undefined}
    />
  );
}
