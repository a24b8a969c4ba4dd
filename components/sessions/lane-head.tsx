import { Bot, Split, UserRound } from 'lucide-react';
import { VisibleText } from '@/components/ui/visible';
import { mostLanes } from './lanes';
import type { Lane } from './view';

const icons = { people: UserRound, agent: Bot, helper: Split } as const;

export function LaneHead({ lanes }: { lanes: readonly Lane[] }) {
  return (
    <div className="event lane-head on-desk">
      <span className="time">UTC</span><span className="step">step</span>
      <span className="lanes" data-lanes={Math.max(2, Math.min(lanes.length, mostLanes))}>{lanes.slice(0, mostLanes).map((lane, index) => {
        const Icon = icons[lane.kind];
        return <i key={index} className="lane" title={lane.name}><Icon size={14} strokeWidth={1.75} aria-hidden="true" /></i>;
      })}</span>
      <span>kind</span>
      <span className="ellipsis">{lanes.map((lane, index) => <span key={index}>{index > 0 && ' · '}<VisibleText text={lane.name} /></span>)}</span>
      <span>verdict</span>
    </div>
  );
}
