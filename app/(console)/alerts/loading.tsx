import { Skeleton } from '@/components/ui/states';

export default function Loading() {
  return <div className="page"><div className="page-read"><Skeleton rows={5} /></div></div>;
}
