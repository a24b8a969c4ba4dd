import { Skeleton } from '@/components/ui/states';

/** The card's place while it is read; the queue beside it stands already. */
export default function Loading() {
  return <div className="page"><Skeleton rows={6} /></div>;
}
