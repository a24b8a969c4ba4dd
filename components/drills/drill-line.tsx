import { Ago } from '@/components/live/countdown';
import { ButtonLink } from '@/components/ui/button';
import { Seal } from '@/components/ui/glyphs';
import { drillOutcome, drillsHeadline, sayMs } from './words';
import type { DrillStanding } from './view';

/** One line where stops are pressed: whether anybody has looked that they work. */
export function DrillLine({ standing }: { standing: DrillStanding }) {
  const { last, running } = standing;
  const now = last?.now;
  return (
    <section className="standing">
      <h2>Drills</h2>
      <ul><li>
        <Seal name={running ? 'doing' : last ? drillOutcome(last).mark : 'todo'} {...(!running && now?.state === 'finished' && now.verdict === 'passed' && { tone: 'ok' as const })} />
        <div>
          <b className="sentence">{drillsHeadline(standing)}</b>
          <p className="text-13 text-text-3">{now?.state === 'finished' && !running ? <><Ago at={now.at} suffix=" ago" />{now.verdict === 'passed' ? `; confirmed p50 ${sayMs(last!.confirmedP50Ms)}, p99 ${sayMs(last!.confirmedP99Ms)} after the press.` : `. ${now.said}`}</> : 'Processes that resist are stopped for real, to see that the stop holds.'}</p>
        </div>
        <ButtonLink href={running ? `/drills/${running.id}` : '/drills'}>Open</ButtonLink>
      </li></ul>
    </section>
  );
}
