import Link from 'next/link';
import { Ago } from '@/components/live/countdown';
import { actorWords } from '@/components/switches/scope-words';
import { Headline } from '@/components/ui/headline';
import { sayDay } from '@/components/ui/say-time';
import { Verdict } from '@/components/ui/verdict';
import { VisibleText } from '@/components/ui/visible';
import { RunDrillButton } from './run-drill-button';
import { Trend } from './trend';
import { drillOutcome, drillsHeadline, sayMs } from './words';
import type { DrillStanding, DrillView, RunDrill } from './view';

type Props = { drills: readonly DrillView[]; standing: DrillStanding; /** How many rogues a drill has. */ rogues: number; run?: RunDrill };

/** Does the stop work? What the last drill showed, how that has changed, and the button for the next one. */
export function DrillsScreen({ drills, standing, rogues, run }: Props) {
  const { running } = standing;
  return (
    <div className="page">
      <div className="page-wide">
        <Headline text={drillsHeadline(standing)} />
        <p className="lede">{lede(standing)}</p>
        <div className="drill-start">
          <RunDrillButton running={running?.id ?? null} {...(run && { run })} />
          <p>Starts {rogues} processes that resist being stopped, each under a supervisor, stops each for real, and watches whether it is gone. No agent of yours is touched, nobody is paged, and its stops are undone when it is over. It takes about two leases.</p>
        </div>
        <Trend drills={drills} />
        {drills.length > 0 && <DrillTable drills={drills} />}
      </div>
    </div>
  );
}

function lede({ running, last, lastRun, everyDays, overdue }: DrillStanding) {
  if (running) return 'Its report is live.';
  const every = everyDays > 0 ? `One runs by itself every ${everyDays} days.` : 'None runs by itself here.';
  if (!last || last.now.state !== 'finished') return <>Whether a stop reaches every process is not known. {everyDays > 0 ? `One runs by itself every ${everyDays} days, the first as long after the installation.` : every}</>;
  const { now } = last;
  return (
    <>
      <Ago at={now.at} suffix=" ago" />. {now.said} {now.verdict === 'passed' && <>Press to fenced p99 {sayMs(last.fencedP99Ms)}, to confirmed p50 {sayMs(last.confirmedP50Ms)}, p99 {sayMs(last.confirmedP99Ms)}. </>}
      {now.verdict === 'not_run' && lastRun?.now.state === 'finished' && <>The last one that showed something was <Ago at={lastRun.now.at} suffix=" ago" />. </>}
      {overdue ? `It should be run every ${everyDays} days.` : every}
    </>
  );
}

function DrillTable({ drills }: { drills: readonly DrillView[] }) {
  return (
    <table className="table drill-list">
      <thead><tr><th>Drill</th><th>Outcome</th><th className="on-desk">Started by</th><th className="on-desk">Version</th><th className="on-desk num">Fenced p50</th><th className="on-desk num">p99</th><th className="num">Confirmed p50</th><th className="num">p99</th></tr></thead>
      <tbody>
        {drills.map((drill) => {
          const outcome = drillOutcome(drill);
          return (
            <tr key={drill.id} className="linked">
              <td className="whitespace-nowrap"><Link className="cover" href={`/drills/${drill.id}`} prefetch={false}>{sayDay(drill.askedAt)}</Link></td>
              <td><Verdict name={outcome.verdict} word={outcome.word} /></td>
              <td className="quiet-text on-desk"><VisibleText text={actorWords(drill.askedBy)} /></td>
              <td className="quiet-text on-desk">{drill.version}</td>
              <td className="num time on-desk">{sayMs(drill.fencedP50Ms)}</td><td className="num time on-desk">{sayMs(drill.fencedP99Ms)}</td>
              <td className="num time">{sayMs(drill.confirmedP50Ms)}</td><td className="num time">{sayMs(drill.confirmedP99Ms)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
