import type { ReactNode } from 'react';
import { OwnTokens } from '@/components/access/own-tokens';
import { PeopleTable } from '@/components/access/people-table';
import { SignIns } from '@/components/access/sign-ins';
import { AgentDetail } from '@/components/agents/agent-detail';
import { AgentList } from '@/components/agents/agent-list';
import { RegisterAgentForm } from '@/components/agents/register-agent-form';
import { LogScreen } from '@/components/log/log-screen';
import { VerifyPanel } from '@/components/log/verify-panel';
import type { VerifyState } from '@/components/log/view';
import { NowScreen } from '@/components/now/now-screen';
import { PoliciesScreen } from '@/components/policies/policies-screen';
import { OrderScreen } from '@/components/switches/order-screen';
import { ReleasePanel } from '@/components/switches/release-panel';
import { StandingOrders } from '@/components/switches/standing-orders';
import { StopPanel } from '@/components/switches/stop-panel';
import { WhyPanel } from '@/components/switches/why-panel';
import { Button, ButtonLink } from '@/components/ui/button';
import * as kit from '../actions';
import { at, id } from '../fixtures/clock';
import * as data from '../fixtures/rooms';
import { KitFrame, lost } from '../frame';

const stopCommand = 'npx countersign stop agent/support-triage --control https://control.halden.example:8443';
const stop = (running = 31) => <div className="page"><div className="page-wide"><StopPanel scopes={data.scopes} running={running} engage={kit.engageInKit} pause={kit.engageInKit} stopCommand={stopCommand} /><StandingOrders items={[{ order: { ...data.order, issuedAt: at(-1395), engagedBy: { kind: 'system', id: 'd', name: 'the runaway-cost detector' } }, name: 'refunds' }]} /></div></div>;
const release = (order = data.order, mayNot?: string) => <ReleasePanel order={order} releasers={3} viewerId={id(1)} begin={kit.keyInKit} request={kit.okInKit} second={kit.okInKit} withdraw={kit.okInKit} {...(mayNot && { mayNot })} />;
const order = (detail = data.orderDetail, mayNot?: string) => <OrderScreen detail={detail} name="support-triage" names={data.names} aside={<><WhyPanel orderId={detail.order.id} reason={detail.order.reason} give={kit.okInKit} />{release(detail.order, mayNot)}</>} />;
const log = (state: VerifyState) => <LogScreen events={data.logEvents} streams={data.streams} checkpoints={data.checkpoints} total={48_211} verify={<VerifyPanel state={state} verify={kit.okInKit} exportHref="#" />} olderHref="/log?before=1" />;
const manageAgent = { rotate: kit.credentialInKit, change: kit.okInKit };
const managePeople = { create: kit.linkInKit, newLink: kit.linkInKit, changeRoles: kit.okInKit, changeTeams: kit.okInKit, deactivate: kit.okInKit, activate: kit.okInKit, withdrawLink: kit.okInKit };
const requested = { ...data.order, state: { state: 'release_requested' as const, at: at(-20), pending: { by: { kind: 'person', id: id(2), name: 'Tomás Reyes' }, checklist: ['a', 'b', 'c', 'd'], reason: null, persons: 2 as const, notBefore: null, seconded: null, breakGlass: false } } };

export const roomScreens: Record<string, () => ReactNode> = {
  now: () => <KitFrame><NowScreen view={data.now} /></KitFrame>,
  'now-empty': () => <KitFrame><NowScreen view={{ sections: [], facts: { ...data.now.facts, stopped: 0, lastDrillAt: null } }} start={<Button tone="strong">Run the demo fleet</Button>} /></KitFrame>,
  'now-silent': () => <KitFrame still={lost}><NowScreen view={{ sections: [], facts: data.now.facts }} /></KitFrame>,
  stop: () => <KitFrame>{stop()}</KitFrame>,
  'stop-many': () => <KitFrame>{stop(1_240)}</KitFrame>,
  'stop-offline': () => <KitFrame still={lost}>{stop()}</KitFrame>,
  order: () => <KitFrame>{order()}</KitFrame>,
  'order-second': () => <KitFrame>{order({ ...data.orderDetail, order: requested })}</KitFrame>,
  'order-viewer': () => <KitFrame>{order(data.orderDetail, 'A responder may release it; you are a viewer.')}</KitFrame>,
  agents: () => <KitFrame><AgentList agents={data.agents} acts={<ButtonLink href="/agents/new">Register an agent</ButtonLink>} /></KitFrame>,
  'agents-empty': () => <KitFrame><AgentList agents={[]} acts={<ButtonLink href="/agents/new" tone="strong">Register an agent</ButtonLink>} /></KitFrame>,
  agent: () => <KitFrame><AgentDetail agent={data.agents[0]!} manage={manageAgent} /></KitFrame>,
  'agent-new': () => <KitFrame><RegisterAgentForm register={kit.credentialInKit} toolsets={[{ toolset: 'ticket_system', operations: ['read', 'update'] }]} /></KitFrame>,
  log: () => <KitFrame>{log({ kind: 'holds', at: at(-30), events: 48_211, streams: 312, checkpoint: 1_204, keyId: '5kq1vZf0aTqW' })}</KitFrame>,
  'log-broken': () => <KitFrame>{log({ kind: 'broken', at: at(-30), events: 48_211, findings: ['Event 187 of session/019aa0c4 does not match its hash: its content, its hash or the event before it was changed.', 'Events 201 to 214 of session/019aa0c4 are missing.'] })}</KitFrame>,
  policies: () => <KitFrame><PoliciesScreen active={data.bundle} history={data.bundles} part="rules" openRule="mail.external" /></KitFrame>,
  'policies-tools': () => <KitFrame><PoliciesScreen active={data.bundle} history={data.bundles} part="tools" /></KitFrame>,
  'policies-routes': () => <KitFrame><PoliciesScreen active={data.bundle} history={data.bundles} part="routes" /></KitFrame>,
  'policies-alerts': () => <KitFrame><PoliciesScreen active={data.bundle} history={data.bundles} part="alerts" /></KitFrame>,
  'policies-none': () => <KitFrame><PoliciesScreen active={undefined} history={[]} part="rules" /></KitFrame>,
  settings: () => <KitFrame><div className="page"><div className="page-read grid gap-8"><h1>People and keys</h1><PeopleTable people={data.people} viewerId={id(1)} manage={managePeople} /><SignIns signIns={data.signIns} currentSignInId="s1" endSignIn={kit.okInKit} endOthers={kit.okInKit} /><OwnTokens tokens={data.tokens} revokeToken={kit.okInKit} createToken={kit.tokenInKit} /></div></div></KitFrame>,
};
