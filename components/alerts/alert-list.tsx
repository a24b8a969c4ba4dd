import Link from 'next/link';
import type { ReactNode } from 'react';
import { Ago } from '@/components/live/countdown';
import { Seal } from '@/components/ui/glyphs';
import { Headline } from '@/components/ui/headline';
import { MarginRow, MarginSection } from '@/components/ui/margin-list';
import { VisibleText } from '@/components/ui/visible';
import { alertsHeadline, alertTitle, severityWords, stateWords, tabWords, timesWords } from './words';
import type { AlertFilter, AlertTab, AlertView } from './view';

type Props = {
  rows: readonly AlertView[]; filter: AlertFilter; counts: Record<AlertTab, number>; critical: number;
  /** What the list is held to, besides its tab and severity: each with the words for it. */
  held: readonly { name: 'agent' | 'session' | 'rule' | 'detector'; words: string }[];
  empty: ReactNode;
  /** What detectors left running, beyond their measure. */
  withheld?: ReactNode;
  labels?: ReactNode;
};

const tabs = ['open', 'mine', 'muted', 'closed', 'all'] as const;
const severities = ['critical', 'high', 'medium', 'low'] as const;

/** What must somebody look at? The gravest first; tabs and filters are addresses. */
export function AlertList({ rows, filter, counts, critical, held, empty, withheld, labels }: Props) {
  return (
    <div className="page">
      <div className="page-read">
        <div className="margin-head"><div>
          <Headline text={alertsHeadline({ open: counts.open, muted: counts.muted, critical })} />
          <nav className="flex flex-wrap gap-1.5 mt-3" aria-label="Alerts by state">
            {tabs.map((tab) => <Link key={tab} href={addressOf({ ...filter, tab })} prefetch={false} className="chip" aria-current={tab === filter.tab ? 'true' : undefined}>{tabWords[tab]} <span className="quiet-text">{counts[tab].toLocaleString('en')}</span></Link>)}
          </nav>
          <nav className="flex flex-wrap gap-1.5 mt-2" aria-label="Alerts by severity">
            {severities.map((one) => <Link key={one} href={addressOf({ ...filter, severity: filter.severity === one ? undefined : one })} prefetch={false} className="chip" aria-current={one === filter.severity ? 'true' : undefined}>{severityWords[one]}</Link>)}
            {held.map(({ name, words }) => <Link key={name} href={addressOf(without(filter, name))} prefetch={false} className="chip" data-on="" aria-label={`${words}: show all again`}><VisibleText text={words} /> <span aria-hidden="true">×</span></Link>)}
          </nav>
        </div></div>
        {withheld}
        {rows.length === 0 ? <div className="margin-head pt-5"><div>{empty}</div></div> : (
          <div className="margin mt-2">
            {filter.tab === 'closed' || filter.tab === 'all' ? <MarginSection title={tabWords[filter.tab]}>{rows.map((row) => <Row key={row.id} row={row} />)}</MarginSection>
              : severities.filter((one) => rows.some((row) => row.severity === one)).map((one) => <MarginSection key={one} title={severityWords[one]}>{rows.filter((row) => row.severity === one).map((row) => <Row key={row.id} row={row} />)}</MarginSection>)}
          </div>
        )}
        {rows.length < counts[filter.tab] && rows.length >= 100 && <p className="margin-head mt-3"><span className="quiet-text">The {rows.length} gravest are shown. Hold the list to a severity, an agent or a rule to see others.</span></p>}
        {labels}
      </div>
    </div>
  );
}

function Row({ row }: { row: AlertView }) {
  return (
    <MarginRow
      href={`/alerts/${row.id}`} when={<Ago at={row.lastAt} suffix=" ago" />} mark={<AlertMark alert={row} />} sentence={<VisibleText text={alertTitle(row)} />}
      second={<>{severityWords[row.severity]}, {timesWords(row.count)} · {row.about === null ? <><VisibleText text={row.agentName ?? ''} />, session {row.sessionShortId}</> : <VisibleText text={row.about} />}{row.simulated && ' · SIMULATED'} · <VisibleText text={stateWords(row)} />{[...row.owasp, ...row.atlas].length > 0 && <span className="on-desk"> · {[...row.owasp, ...row.atlas].map(({ id }) => id).join(', ')}</span>}</>}
    />
  );
}

/** How far somebody is with it; how grave it is stands in words beside it. */
export function AlertMark({ alert: { state, mute, severity } }: { alert: Pick<AlertView, 'state' | 'mute' | 'severity'> }) {
  if (state.kind === 'closed') return <Seal name="done" tone="ok" />;
  if (mute) return <Seal name="todo" />;
  if (state.kind !== 'open') return <Seal name="doing" tone="hand" />;
  return <Seal name="asked" tone={severity === 'critical' || severity === 'high' ? 'wait' : undefined} />;
}

const keys = { agent: 'agentId', session: 'sessionId', rule: 'rule', detector: 'detector' } as const;
const without = (filter: AlertFilter, name: keyof typeof keys): AlertFilter => ({ ...filter, [keys[name]]: undefined });

/** Where a list held like this is. */
export function addressOf({ tab, severity, agentId, sessionId, rule, detector }: AlertFilter): string {
  const query = new URLSearchParams(Object.entries({ show: tab === 'open' ? undefined : tab, severity, agent: agentId, session: sessionId, rule, detector }).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return query.size === 0 ? '/alerts' : `/alerts?${query.toString()}`;
}
