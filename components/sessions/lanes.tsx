import { glyphs } from '@/components/ui/glyphs';
import type { LaneLine } from './timeline-rows';
import type { SessionEventView } from './view';

/** More lanes than this share the last one. */
export const mostLanes = 6;

type Props = { lines: LaneLine[]; event?: SessionEventView; folded?: { lane: number } };

/** The lanes at one row: lines that run past, the saw where untrusted text runs, and this event's node. */
export function Lanes({ lines, event, folded }: Props) {
  const shown = lines.slice(0, mostLanes);
  const at = Math.min(event?.lane ?? folded?.lane ?? -1, shown.length - 1);
  const joins = event?.joinsFrom === undefined ? undefined : at - Math.min(event.joinsFrom, shown.length - 1);
  return (
    <span className="lanes" data-lanes={shown.length} aria-hidden="true">
      {shown.map((line, index) => (
        <i key={index} className="lane" data-line={line} data-joins={index === at && joins && joins > 0 ? joins : undefined}>
          {(line === 'saw' || line === 'saw-start') && <b className="saw" />}
          {index === at && <Node event={event} folded={Boolean(folded)} />}
        </i>
      ))}
    </span>
  );
}

function Node({ event, folded }: { event: SessionEventView | undefined; folded: boolean }) {
  const frame = { className: 'node', viewBox: '0 0 16 16', width: 16, height: 16, fill: 'none' } as const;
  if (folded) return <svg {...frame}><rect x="3" y="3" width="10" height="10" rx="2" fill="var(--canvas)" stroke="var(--line-control)" strokeDasharray="2 2" /></svg>;
  if (!event) return null;
  if (event.kind === 'stop') return <svg {...frame} color="var(--stop)">{glyphs.stop}</svg>;
  if (event.kind === 'person') return <svg {...frame}><circle cx="8" cy="8" r="5" fill="var(--hand)" /></svg>;
  if (event.verdict === 'ask') return <svg {...frame} stroke="currentColor" strokeWidth="2" color="var(--wait-mark)"><circle cx="8" cy="8" r="8" fill="var(--canvas)" stroke="none" />{glyphs.asked}</svg>;
  if (event.taint === 'source') return <svg {...frame}><path d="M8 1l7 7-7 7-7-7z" fill="var(--taint)" /></svg>;
  if (event.kind === 'finding' || event.kind === 'approval') return null;
  if (event.taint) return <svg {...frame}><circle cx="8" cy="8" r="4" fill="var(--taint)" /></svg>;
  return <svg {...frame}><circle cx="8" cy="8" r="4" fill="var(--canvas)" stroke="var(--text-3)" strokeWidth="1.6" /></svg>;
}
