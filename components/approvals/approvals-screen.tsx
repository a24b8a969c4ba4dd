import type { ReactNode } from 'react';

/** Queue beside card on a desk; on a phone one at a time: the list at /approvals, the card at its own address. */
export function ApprovalsScreen({ queue, card, view }: { queue: ReactNode; card: ReactNode; view: 'list' | 'card' }) {
  return (
    <div className="approvals" data-view={view}>
      {queue}
      {card}
    </div>
  );
}
