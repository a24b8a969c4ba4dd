import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { LiveRefresh } from '@/components/live/live-refresh';
import { DrillLine } from '@/components/drills/drill-line';
import { DetectorAlerts } from '@/components/detectors/detector-alerts';
import { ControlKeys } from '@/components/switches/control-keys';
import { StandingOrders } from '@/components/switches/standing-orders';
import { StopPanel } from '@/components/switches/stop-panel';
import { WithoutConsole } from '@/components/switches/without-console';
import { authorise, may } from '@/lib/access';
import { listAgents } from '@/lib/agents';
import { openAlerts } from '@/lib/detectors';
import { env } from '@/lib/env';
import { activePolicies } from '@/lib/policies';
import { curlStop } from '@/lib/protocol/curl-stop';
import { nameSessions } from '@/lib/sessions';
import { listControlKeys, runningSessions, switchReach } from '@/lib/switches';
import { standingOrders } from '../frame-facts';
import { lookedAt } from '../dead-man-actions';
import { howDrillsStand } from '../now-facts';
import { stopCommand } from '../stop-command';
import { nameOrders } from './name-orders';
import { PlainStop } from './plain-stop';
import { scopeViews } from './scope-views';
import { endControlKey, engage, pause } from './switch-actions';

export const metadata: Metadata = { title: 'Stop' };

type Query = { session?: string; instance?: string; agent?: string; class?: string; refused?: string };

/** Drawn in one piece, with nothing that a script would have to put in place: where no script runs, the form still stands. */
export default async function SwitchesPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { actor, ctx } = await requireSession({ confined: true });
  authorise(ctx, 'switch.read');
  const { refused, ...chosen } = await searchParams;
  const [standing, running, agents, active, alerts] = await Promise.all([standingOrders(), runningSessions(), listAgents(), activePolicies(), openAlerts()]);
  const sessions = await nameSessions(alerts.flatMap((alert) => alert.withheld.map((one) => one.sessionId)));
  const classNames = [...new Set(active?.tools.flatMap((tool) => tool.classes))].sort();
  const classes = await Promise.all(classNames.map(async (name) => ({ name, reach: await switchReach({ scope: 'class', target: name }) })));
  const all = scopeViews({ running, agents, classes, standing, chosen });
  const wide = may(actor, 'switch.engage.wide');
  const scopes = may(actor, 'switch.engage.session') ? all.filter((view) => wide || view.scope === 'session') : [];
  return (
    <>
      <LiveRefresh topics={['switches', 'sessions', 'approvals', 'agents']} />
      <div className="page">
        <div className="page-wide">
          {typeof refused === 'string' && <p className="mb-4 text-13 font-medium" role="alert">Nothing was stopped. {refused}</p>}
          <StopPanel scopes={scopes} running={running.length} engage={engage} pause={pause} stopCommand={stopCommand} />
          {scopes.length === 0 && <p className="text-13 text-text-2 mt-4">Your role may read this. Stopping a session takes the role analyst, anything wider responder.</p>}
          {scopes.length > 0 && !wide && <p className="text-13 text-text-2 mt-4">Your role stops single sessions. Anything wider takes the role responder.</p>}
          <PlainStop scopes={scopes} />
          <DetectorAlerts alerts={alerts} names={Object.fromEntries(Object.entries(sessions).map(([id, one]) => [id, `${one.shortId} of ${one.agent}`]))} {...(may(actor, 'switch.engage.session') && { looked: lookedAt })} />
          <StandingOrders items={await nameOrders(standing)} />
          <DrillLine standing={await howDrillsStand()} />
          <WithoutConsole stopCommand={stopCommand} curl={curlStop([...new Set([env().controlPublicUrl, ...env().controlUrlsOutside])], { scope: 'global' })} />
          {may(actor, 'control_key.manage') && <ControlKeys keys={await listControlKeys(ctx)} revoke={endControlKey} />}
        </div>
      </div>
    </>
  );
}
