import type { Metadata } from 'next';
import { requireSession } from '@/app/_session/current-actor';
import { AlertList } from '@/components/alerts/alert-list';
import { RuleLabels } from '@/components/alerts/rule-labels';
import { DetectorAlerts } from '@/components/detectors/detector-alerts';
import { LiveRefresh } from '@/components/live/live-refresh';
import { authorise, may } from '@/lib/access';
import { getAgent } from '@/lib/agents';
import { countAlerts, labelsByRule, listAlerts, openAlertCounts } from '@/lib/alerts';
import type { AlertFilter } from '@/lib/alerts/schema';
import { openAlerts } from '@/lib/detectors';
import { shortId } from '@/lib/protocol/ids';
import { nameSessions } from '@/lib/sessions';
import { lookedAt } from '../dead-man-actions';
import { LiveEmpty } from '../live-empty';
import { alertFilter, type AlertQuery } from './alert-filter';

export const metadata: Metadata = { title: 'Alerts' };

const SHOWN = 100;
const LABEL_DAYS = 30;

export default async function AlertsPage({ searchParams }: { searchParams: Promise<AlertQuery> }) {
  const { actor, ctx } = await requireSession();
  authorise(ctx, 'alert.read');
  const filter = alertFilter(await searchParams);
  const since = new Date(ctx.now().getTime() - LABEL_DAYS * 24 * 60 * 60_000);
  const [rows, counts, { critical }, held, withheld, labels] = await Promise.all([
    listAlerts({ ...filter, personId: actor.id, limit: SHOWN }), countAlerts(actor.id), openAlertCounts(), heldTo(filter), filter.tab === 'open' ? openAlerts() : [], labelsByRule(since),
  ]);
  const named = await nameSessions(withheld.flatMap((one) => one.withheld.map(({ sessionId }) => sessionId)));
  const names = Object.fromEntries(Object.entries(named).map(([id, one]) => [id, `${one.agent}, session ${one.shortId}`]));
  return (
    <>
      <LiveRefresh topics={['alerts', 'switches']} />
      <AlertList
        rows={rows} filter={filter} counts={counts} critical={critical} held={held} empty={<LiveEmpty title={emptyTitle(filter)} />}
        {...(withheld.length > 0 && { withheld: <DetectorAlerts alerts={withheld} names={names} {...(may(actor, 'switch.engage.session') && { looked: lookedAt })} /> })}
        labels={<RuleLabels labels={labels} days={LABEL_DAYS} />}
      />
    </>
  );
}

function emptyTitle({ tab, ...more }: AlertFilter): string {
  if (Object.values(more).some((value) => value !== undefined)) return 'No alert is like that.';
  return { open: 'No alert is open.', mine: 'None is yours.', muted: 'Nothing is muted.', closed: 'None was closed yet.', all: 'No alert was ever raised.' }[tab];
}

/** What the list is held to by an agent, a session, a rule or a detector, in words. */
async function heldTo({ agentId, sessionId, rule, detector }: AlertFilter) {
  return [
    ...(agentId ? [{ name: 'agent' as const, words: (await getAgent(agentId))?.name ?? 'An agent that is not here' }] : []),
    ...(sessionId ? [{ name: 'session' as const, words: `Session ${shortId(sessionId)}` }] : []),
    ...(rule ? [{ name: 'rule' as const, words: `Rule ${rule}` }] : []),
    ...(detector ? [{ name: 'detector' as const, words: `Detector ${detector}` }] : []),
  ];
}
