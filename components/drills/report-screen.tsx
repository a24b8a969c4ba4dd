import Link from 'next/link';
import { Ago } from '@/components/live/countdown';
import { actorWords } from '@/components/switches/scope-words';
import { Glyph } from '@/components/ui/glyphs';
import { Headline } from '@/components/ui/headline';
import { sayClock, sayDay } from '@/components/ui/say-time';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import { rogueWords } from '@/lib/drills/rules';
import { drillOutcome, proofLines, reportHeadline, rogueNow, sayMs } from './words';
import type { DrillReport, TargetView } from './view';

/** What did not go as it should stands first. */
const isBad = ({ verdict }: TargetView) => verdict !== null && verdict !== 'dead' && verdict !== 'not_run';

/** One drill, while it runs and ever after: what became of each rogue, and what shows it. */
export function DrillReportScreen({ drill }: { drill: DrillReport }) {
  const { now, targets } = drill;
  const over = now.state === 'finished';
  const outcome = drillOutcome(drill);
  return (
    <div className="page">
      <div className="page-wide">
        <Headline text={reportHeadline(drill)} />
        <p className="lede">
          {now.state === 'finished' && now.interrupted && <>{now.said} </>}
          Drill of {sayDay(drill.askedAt)}, started by <VisibleText text={actorWords(drill.askedBy)} />, version {drill.version}.
          {now.state === 'running' && <> It has run for <Ago at={now.since} />.</>}
          {now.state === 'finished' && <> It ended at {sayClock(now.at)}, and its stops are undone.</>}
        </p>
        <ol className="stages drill-stages">
          <li data-done={over || undefined}><b>Outcome</b><span className="figure">{outcome.word}</span><span>{targets.filter(({ verdict }) => verdict === 'dead').length} of {targets.length} dead</span></li>
          <Measure title="Press to fenced" p50={drill.fencedP50Ms} p99={drill.fencedP99Ms} says="every gateway refuses" />
          <Measure title="Press to confirmed" p50={drill.confirmedP50Ms} p99={drill.confirmedP99Ms} says="nothing of it is left" />
          <li data-done={over || undefined}><b>Lease</b><span className="figure">{sayMs(drill.leaseMs)}</span><span>whoever is cut off ends by it</span></li>
        </ol>
        {targets.length > 0 && (
          <table className="table drill-report">
            <thead><tr><th>A rogue that</th><th>Is</th><th className="num on-desk">Fenced</th><th className="num">Gone</th><th className="num">Confirmed</th><th className="on-desk" /></tr></thead>
            <tbody>{[...targets].sort((a, b) => Number(isBad(b)) - Number(isBad(a))).map((target) => <Row key={target.rogue} target={target} over={over} />)}</tbody>
          </table>
        )}
        <p className="text-13 text-text-3 mt-4">Times count from the press. “Gone” is what the drill itself saw: no process that carries the rogue’s mark or is in its namespace, and no sign of life. “Confirmed” is what the product says.</p>
      </div>
    </div>
  );
}

const Measure = ({ title, p50, p99, says }: { title: string; p50: number | null; p99: number | null; says: string }) => (
  <li data-done={p50 !== null || undefined}><b>{title}</b><span className="figure">{p50 === null ? 'waiting' : sayMs(p50)}</span><span>{p50 === null ? says : `p50; p99 ${sayMs(p99)}`}</span></li>
);

function Row({ target, over }: { target: TargetView; over: boolean }) {
  const state = rogueNow(target, over);
  const lines = [...(target.verdict !== null && target.verdict !== 'dead' && target.said ? [target.said] : []), ...proofLines(target)];
  return (
    <tr>
      <td><span className="rogue">{rogueWords[target.rogue]}</span>{lines.map((line) => <span key={line} className="note"><VisibleText text={line} /></span>)}</td>
      <td>{state.verdict ? <Verdict name={state.verdict} word={state.word} /> : <span className="now"><Glyph name={state.mark} size={14} />{state.word}</span>}</td>
      <td className="num time on-desk">{sayMs(target.fencedMs)}</td>
      <td className="num time" data-label="gone">{sayMs(target.goneMs)}</td>
      <td className="num time" data-label="confirmed">{sayMs(target.confirmedMs)}</td>
      <td className="num on-desk">{target.orderId !== null && <Link className="link reach" href={`/switches/${target.orderId}`} prefetch={false} aria-label={`The stop of the rogue that ${rogueWords[target.rogue]}`}>Its stop</Link>}</td>
    </tr>
  );
}
