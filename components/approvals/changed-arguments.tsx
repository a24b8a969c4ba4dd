import { VisibleText } from '@/components/ui/visible';
import { cutDifference } from './cut-difference';
import type { ChangedView } from './narrow-view';

/** How the arguments differ from what the agent asked for: who made what of them, and each value as it was and is. */
export function ChangedArguments({ changed }: { changed: ChangedView }) {
  return (
    <section className="card-block changed" aria-label="Changed by approvers">
      {changed.lines.map((line, index) => <p key={index}><VisibleText text={line} /></p>)}
      <details>
        <summary className="link reach text-13">What the agent asked for, and what stands now</summary>
        <Difference items={changed.difference} />
      </details>
    </section>
  );
}

/** Values that differ, the old one beside the new one. */
export function Difference({ items }: { items: ChangedView['difference'] }) {
  return (
    <dl className="difference">
      {items.map(({ path, before, after }) => {
        if (path === '') return <div key={path}><dt>More</dt><dd>More differs than is shown here.</dd></div>;
        const [was, is] = cutDifference(before ?? '', after ?? '');
        return (
          <div key={path}>
            <dt><VisibleText text={path.slice(1).replaceAll('/', ' › ')} /></dt>
            <dd>{before === null ? <span className="quiet-text">not there</span> : <del><VisibleText text={was} /></del>}{after === null ? <span className="quiet-text">left out</span> : <ins><VisibleText text={is} /></ins>}</dd>
          </div>
        );
      })}
    </dl>
  );
}
