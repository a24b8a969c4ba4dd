'use client';

import { memo } from 'react';
import { Countdown } from '@/components/live/countdown';
import { Seal } from '@/components/ui/glyphs';
import { VisibleText } from '@/components/ui/visible';
import type { QueueGroupRow } from './view';

/** Many alike as one line: one agent, one tool, the same rules, arguments of one shape. Opened, it lists them. */
export const QueueGroup = memo(function QueueGroup({ group, onOpen }: { group: QueueGroupRow; onOpen: (key: string) => void }) {
  return (
    <button type="button" className="queue-item queue-group" data-id={group.key} onClick={() => onOpen(group.key)}>
      <span className="pt-0.5"><Seal name="asked" {...(group.yours > 0 && { tone: 'wait' as const })} /></span>
      <span className="body">
        <span className="title"><VisibleText text={group.title} /></span>
        <span className="second">{group.count > 1 && <b>and {(group.count - 1).toLocaleString('en')} more like it · </b>}<VisibleText text={group.agent} /> · <VisibleText text={group.tool} /> · {group.risk}{group.rules.length > 0 && <span> · <VisibleText text={group.rules.join(', ')} /></span>}</span>
      </span>
      <span className="left"><span className="count">{group.count.toLocaleString('en')}</span><Countdown until={group.decideBy} over="0:00" /></span>
    </button>
  );
});
