import Link from 'next/link';
import { Ago } from '@/components/live/countdown';
import { Seal } from '@/components/ui/glyphs';
import { Headline } from '@/components/ui/headline';
import { MarginRow, MarginSection } from '@/components/ui/margin-list';
import { VisibleText } from '@/components/ui/visible';
import { isWavedThrough, MIN_DECISIONS, QUICK_MS, seconds } from '@/lib/flow/rules';
import { FlowCharts } from './flow-charts';
import { flowHeadline } from './words';
import type { ApproverFigures, FlowView, RuleFigures } from './view';

/** Are questions seen, and are they weighed? Floods and what nobody saw first, then the figures. */
export function FlowScreen({ view }: { view: FlowView }) {
  const { floods, expired, days } = view;
  return (
    <div className="page">
      <div className="page-wide flow">
        <Headline text={flowHeadline(view)} />
        <p className="lede">The last {days} days, from every decision and every opening of a card. {expired.seen + expired.unseen > 0 && `${(expired.seen + expired.unseen).toLocaleString('en')} ran out, ${expired.unseen === 0 ? 'none of them unseen' : `${expired.unseen.toLocaleString('en')} of them unseen`}. `}<Link href="/handover" prefetch={false} className="link reach">Hand over</Link></p>
        {floods.length + expired.newest.length > 0 && (
          <div className="margin mt-5">
            {floods.length > 0 && (
              <MarginSection title="Paused because of a flood">
                {floods.map((flood) => <MarginRow key={flood.orderId} href={`/switches/${flood.orderId}`} when={<Ago at={flood.at} suffix=" ago" />} mark={<Seal name="doing" />} sentence={<><VisibleText text={flood.agentName} /> is paused: flood.</>} second={<>{flood.asks.toLocaleString('en')} questions within a minute; {flood.limit.toLocaleString('en')} are allowed. What it asked still waits.</>} />)}
              </MarginSection>
            )}
            {expired.newest.length > 0 && (
              <MarginSection title="Ran out, and nobody had it open">
                {expired.newest.map((one) => <MarginRow key={one.id} href={`/approvals/${one.id}`} when={<Ago at={one.expiredAt} suffix=" ago" />} mark={<Seal name="expired" />} sentence={<VisibleText text={one.title} />} second={<><VisibleText text={one.agentName} /> · {one.risk} · <VisibleText text={one.routes.join(', ')} /></>} />)}
              </MarginSection>
            )}
          </div>
        )}
        <FlowCharts bins={view.bins} />
        <Approvers rows={view.approvers} />
        <Rules rows={view.rules} />
        <p className="quiet-text text-13 mt-5">An agent that asks more than {view.asksPerMinute.toLocaleString('en')} questions within a minute is paused by itself (the bundle’s settings.flood).</p>
      </div>
    </div>
  );
}

function Approvers({ rows }: { rows: readonly ApproverFigures[] }) {
  if (rows.length === 0) return null;
  return (
    <section className="flow-part" aria-labelledby="flow-approvers">
      <h2 id="flow-approvers">Who decides, and how fast</h2>
      <p className="quiet-text text-13">To decide: from a card’s first opening by that person to their decision, in the middle.</p>
      <table className="table mt-1">
        <thead><tr><th>Person</th><th className="num">Decisions</th><th className="num on-desk">Approved</th><th className="num">Most in 10 min</th><th className="num">To decide</th><th className="num on-desk">Nine in ten</th><th className="num on-desk">Not opened</th></tr></thead>
        <tbody>{rows.map((row) => <tr key={row.personId}><td><VisibleText text={row.name} /></td><td className="num">{row.decisions.toLocaleString('en')}</td><td className="num on-desk">{Math.round((100 * row.approvals) / row.decisions)} %</td><td className="num">{row.busiest}</td><td className="num">{row.medianMs === null ? '–' : seconds(row.medianMs)}</td><td className="num on-desk">{row.p90Ms === null ? '–' : seconds(row.p90Ms)}</td><td className="num on-desk">{row.unopened}</td></tr>)}</tbody>
      </table>
    </section>
  );
}

function Rules({ rows }: { rows: readonly RuleFigures[] }) {
  if (rows.length === 0) return null;
  return (
    <section className="flow-part" aria-labelledby="flow-rules">
      <h2 id="flow-rules">Rules, by how quickly they are approved</h2>
      <p className="quiet-text text-13">Quick: approved within {QUICK_MS / 1_000} s of opening it, or unopened. Over 98 % of at least {MIN_DECISIONS} is marked: the rule asks for nothing, or people have stopped looking.</p>
      <table className="table mt-1">
        <thead><tr><th>Rule</th><th className="num">Decisions</th><th className="num on-desk">Approved</th><th className="num">Quick</th><th className="on-desk"><span className="sr-only">Mark</span></th></tr></thead>
        <tbody>{rows.map((row) => <tr key={row.rule}><td className="mono"><VisibleText text={row.rule} />{isWavedThrough(row) && <span className="on-phone waved">waved through</span>}</td><td className="num">{row.decisions.toLocaleString('en')}</td><td className="num on-desk">{Math.round((100 * row.approvals) / row.decisions)} %</td><td className="num">{Math.floor((100 * row.quick) / row.decisions)} %</td><td className="on-desk">{isWavedThrough(row) && <span className="waved">waved through</span>}</td></tr>)}</tbody>
      </table>
    </section>
  );
}
