export type { DrillReport, DrillStanding, DrillView, TargetView } from '@/lib/drills/schema';
export type RunDrill = () => Promise<{ ok: true; id: string } | { ok: false; because: string }>;
