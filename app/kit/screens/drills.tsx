import type { ReactNode } from 'react';
import { DrillLine } from '@/components/drills/drill-line';
import { DrillsScreen } from '@/components/drills/drills-screen';
import { DrillReportScreen } from '@/components/drills/report-screen';
import { rogueKinds } from '@/lib/drills/schema';
import * as kit from '../actions';
import { drills, reports, standings } from '../fixtures/drills';
import { KitFrame } from '../frame';

const list = (standing = standings.passed, shown = drills) => <KitFrame><DrillsScreen drills={shown} standing={standing} rogues={rogueKinds.length} run={kit.drillInKit} /></KitFrame>;

export const drillScreens: Record<string, () => ReactNode> = {
  drills: () => list(),
  'drills-failed': () => list(standings.failed, drills.slice(4)),
  'drills-empty': () => list(standings.never, []),
  'drills-running': () => list(standings.running),
  'drill-passed': () => <KitFrame><DrillReportScreen drill={reports.passed} /></KitFrame>,
  'drill-failed': () => <KitFrame><DrillReportScreen drill={reports.failed} /></KitFrame>,
  'drill-running': () => <KitFrame><DrillReportScreen drill={reports.running} /></KitFrame>,
  'drill-interrupted': () => <KitFrame><DrillReportScreen drill={reports.interrupted} /></KitFrame>,
  'drill-line': () => <KitFrame><div className="page"><div className="page-wide"><DrillLine standing={standings.passed} /><DrillLine standing={standings.failed} /><DrillLine standing={standings.never} /><DrillLine standing={standings.running} /></div></div></KitFrame>,
};
