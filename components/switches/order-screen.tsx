import type { ReactNode } from 'react';
import { Countdown } from '@/components/live/countdown';
import { RefreshAt } from '@/components/live/refresh-at';
import { Banner } from '@/components/ui/banner';
import { Headline } from '@/components/ui/headline';
import { sayAfter, sayClock } from '@/components/ui/say-time';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import { Glyph } from '@/components/ui/glyphs';
import { propagation, type Propagation, type PropagationRow } from './propagation';
import { actorWords, orderTitle } from './scope-words';
import type { OrderDetail, TargetNames } from './view';

/** The truth after the press: how far the order has come, target by target, and what can no longer be recalled. `aside`: reason and release. */
export function OrderScreen({ detail, name, names, aside }: { detail: OrderDetail; name: string; names: TargetNames; aside: ReactNode }) {
  const { order } = detail;
  const seen = propagation(detail);
  const title = orderTitle(order, name);
  return (
    <>
      {order.state.state !== 'released' && <Banner kind={order.kind === 'pause' ? 'wait' : 'stop'}><b><VisibleText text={title} /> is {order.kind === 'pause' ? 'paused' : 'stopped'}{order.drill && ', as a drill'}{seen.late && ', but not confirmed in time'}.</b> <span className="text-text-2">Ordered by <VisibleText text={actorWords(order.engagedBy)} /> at {sayClock(order.issuedAt, { millis: true })}.</span></Banner>}
      <div className="page">
        <div className="page-wide">
          <Headline text={seen.headline} />
          <p className="lede">{seen.lede}</p>
          <Stages detail={detail} seen={seen} />
          <div className="order-parts">
            <div className="min-w-0">
              {seen.rows.length > 0 && <Grid rows={seen.rows} names={names} gentle={order.kind === 'pause'} />}
              <Outstanding detail={detail} names={names} />
            </div>
            <aside className="order-aside">{aside}</aside>
          </div>
        </div>
      </div>
    </>
  );
}

function Stages({ detail: { order, propagation: measured }, seen }: { detail: OrderDetail; seen: Propagation }) {
  const percentiles = measured.p50Ms === null ? '' : `, p50 ${(measured.p50Ms / 1000).toFixed(2)} s, p99 ${((measured.p99Ms ?? measured.p50Ms) / 1000).toFixed(2)} s`;
  const all = seen.confirmed === seen.total;
  return (
    <ol className="stages" data-kind={order.kind}>
      <li data-done><b>Ordered</b><span className="figure">{sayClock(order.issuedAt, { millis: true })}</span><span>by <VisibleText text={actorWords(order.engagedBy)} /></span></li>
      <li data-done={seen.fencedMs !== null || undefined}><b>Fenced</b><span className="figure">{seen.fencedMs === null ? 'waiting' : `${sayAfter(seen.fencedMs)} s`}</span><span>{seen.fencedMs === null ? 'not every gateway has said so' : 'every gateway refuses'}</span></li>
      {order.kind === 'stop' && <li data-done={seen.acknowledged > 0 || undefined}><b>Acknowledged</b><span className="figure">{seen.acknowledged === 0 || seen.lastAcknowledgedMs === null ? 'waiting' : `${sayAfter(seen.lastAcknowledgedMs)} s`}</span><span>{seen.acknowledged} of {seen.total}{percentiles}</span></li>}
      <li data-done={all || undefined}><b>Confirmed</b><span className="figure">{seen.confirmed} of {seen.total}</span><span>{seen.unreachable > 0 ? `${seen.unreachable} unreachable` : seen.confirmedMs === null ? (all ? 'all' : seen.late ? 'not in time' : seen.confirmed === 0 ? 'within one lease' : 'the others within one lease') : `${sayAfter(seen.confirmedMs)} s`}</span></li>
    </ol>
  );
}

/** `gentle`: a pause asks nothing of the client, so there is no word of it and no exit to wait for. */
function Grid({ rows, names, gentle }: { rows: readonly PropagationRow[]; names: TargetNames; gentle: boolean }) {
  return (
    <table className="table propagation">
      <thead><tr><th>Session</th><th className="on-desk">Instance</th><th className="on-desk">Ordered</th><th className="on-desk">Fenced</th>{!gentle && <><th>Acknowledged</th><th className="on-desk">Exited</th></>}<th>Now</th></tr></thead>
      <tbody>
        {rows.map((row) => {
          const named = names[row.sessionId];
          return (
            <tr key={row.sessionId}>
              <td className="mono">{named?.shortId ?? row.sessionId.slice(-4).toUpperCase()}</td>
              <td className="quiet-text on-desk"><VisibleText text={named?.instance ?? row.instanceId} /></td>
              <td className="time on-desk">0</td>
              <td className="time on-desk">{row.fenced === null ? '' : sayAfter(row.fenced)}</td>
              {!gentle && <><td className="time" data-unseen={(row.now.kind === 'unreachable' && row.acknowledged === null) || undefined}>{row.now.kind === 'unreachable' && row.acknowledged === null ? <span>no answer</span> : row.acknowledged === null ? '' : sayAfter(row.acknowledged)}</td>
              <td className="time on-desk">{row.exited === null ? '' : sayAfter(row.exited)}</td></>}
              <td>
                {row.now.kind === 'unreachable' ? <Verdict name="unreachable" /> : <span className="now">{row.now.kind === 'done' ? <Glyph name="allow" size={14} /> : <Glyph name="todo" size={14} />}{row.now.word}{row.now.after !== null && ` ${sayAfter(row.now.after)}`}</span>}
                {row.now.note !== null && <span className="note">{row.now.note}</span>}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** What the stop cannot take back: permits until they end, and calls that had started until their result comes. */
function Outstanding({ detail, names }: { detail: OrderDetail; names: TargetNames }) {
  const permits = detail.outstandingPermits.filter((call) => call.startedAt === null);
  const calls = detail.outstandingPermits.filter((call) => call.startedAt !== null);
  const where = (call: OrderDetail['outstandingPermits'][number]) => <><VisibleText text={call.tool} /> in {names[call.sessionId]?.shortId ?? call.sessionId.slice(-4).toUpperCase()}</>;
  return (
    <>
      {permits.length > 0 && (
        <section className="mt-5">
          <h2 className="!text-text">{permits.length} {permits.length === 1 ? 'permit is' : 'permits are'} not yet stopped</h2>
          <p className="text-13 text-text-3 mt-1">Made before the stop, and good without asking anybody until its time ends.</p>
          <ul className="text-13 text-text-2 mt-1">{permits.map((call) => <li key={call.actionId}>{where(call)}: <Countdown until={call.until} suffix=" left" over="ended" />, at {sayClock(call.until, { millis: true })}</li>)}</ul>
          <RefreshAt times={permits.map((call) => call.until)} />
        </section>
      )}
      {calls.length > 0 && (
        <section className="mt-5">
          <h2 className="!text-text">{calls.length} {calls.length === 1 ? 'call was' : 'calls were'} already out and cannot be recalled</h2>
          <ul className="text-13 text-text-2 mt-1">{calls.map((call) => <li key={call.actionId}>{where(call)}, since {sayClock(call.startedAt!, { millis: true })}; no result has come</li>)}</ul>
        </section>
      )}
    </>
  );
}
