import type { ReactNode } from 'react';
import { AlertActs } from '@/components/alerts/alert-acts';
import { AlertDetail } from '@/components/alerts/alert-detail';
import { AlertList } from '@/components/alerts/alert-list';
import { RuleLabels } from '@/components/alerts/rule-labels';
import { Empty } from '@/components/ui/states';
import * as kit from '../actions';
import { alerts, detail, labels, muted } from '../fixtures/alerts';
import { id } from '../fixtures/clock';
import { KitFrame } from '../frame';

const counts = { open: 4, mine: 0, muted: 1, closed: 19, all: 24 };
const handle = { me: id(1), people: [{ id: id(1), name: 'Aiko Tanaka' }, { id: id(2), name: 'Tomás Reyes' }], acknowledge: kit.okInKit, assign: kit.okInKit, close: kit.okInKit };
const one = (alert = detail) => <KitFrame><AlertDetail alert={alert} acts={<AlertActs alert={alert} handle={handle} muting={{ mute: kit.okInKit, end: kit.okInKit }} />} /></KitFrame>;

export const alertScreens: Record<string, () => ReactNode> = {
  alerts: () => <KitFrame><AlertList rows={alerts} filter={{ tab: 'open' }} counts={counts} critical={1} held={[{ name: 'agent', words: 'support-triage' }]} empty={null} labels={<RuleLabels labels={labels} days={30} />} /></KitFrame>,
  'alerts-empty': () => <KitFrame><AlertList rows={[]} filter={{ tab: 'open' }} counts={{ open: 0, mine: 0, muted: 0, closed: 0, all: 0 }} critical={0} held={[]} empty={<Empty title="No alert is open." facts="14 agents running, 0 stopped, last event 2 s ago." />} /></KitFrame>,
  alert: () => one(),
  'alert-muted': () => one(muted),
};
