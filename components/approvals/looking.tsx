'use client';

import { useOthers } from '@/components/live/live-provider';
import { VisibleText } from '@/components/ui/visible';

/** Who else reads this card now, so that two don't decide without knowing of each other. */
export function Looking({ approvalId }: { approvalId: string }) {
  const names = useOthers(approvalId);
  if (names.length === 0) return null;
  const said = names.length <= 2 ? names.join(' and ') : `${names[0]} and ${names.length - 1} others`;
  return <div className="looking" role="status"><VisibleText text={said} /> {names.length === 1 ? 'is' : 'are'} looking at this too.</div>;
}
