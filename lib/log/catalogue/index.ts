import { type z } from 'zod';
import { actionEvents, approvalEvents } from './action-events';
import { alertEvents } from './alert-events';
import { notifyEvents } from './notify-events';
import { accessEvents, agentEvents, attackEvents, drillEvents, handoverEvents, incidentEvents, policyEvents, switchEvents, systemEvents, watchEvents } from './organisation-events';
import { sessionEvents } from './session-events';

/** Every type of event there is, with its data. Closed: what is not here cannot be recorded. */
export const catalogue = {
  ...sessionEvents, ...actionEvents, ...approvalEvents, ...switchEvents, ...watchEvents, ...alertEvents, ...notifyEvents, ...drillEvents, ...incidentEvents, ...handoverEvents, ...agentEvents, ...accessEvents, ...policyEvents, ...attackEvents, ...systemEvents,
} as const;

export type EventType = keyof typeof catalogue;
export type EventData<T extends EventType> = z.infer<(typeof catalogue)[T]>;

export type OrganisationStream = 'org/switches' | 'org/agents' | 'org/access' | 'org/policies' | 'org/incidents' | 'org/alerts' | 'org/notify' | 'org/system';
export type StreamId = `session/${string}` | OrganisationStream;

const streamOfPrefix: Record<string, OrganisationStream> = {
  switch: 'org/switches', gateway: 'org/switches', detector: 'org/switches', dead_man: 'org/switches', drill: 'org/switches', agent: 'org/agents', instance: 'org/agents', supervisor: 'org/agents', person: 'org/access', on_call: 'org/access', token: 'org/access',
  team: 'org/access', role: 'org/access', group_mapping: 'org/access', service_account: 'org/access', setting: 'org/access', stop_key: 'org/access', key: 'org/system', backup: 'org/system',
  incident: 'org/incidents', handover: 'org/incidents', alert: 'org/alerts', channel: 'org/notify', notice: 'org/notify', control_key: 'org/access', policy: 'org/policies', attack: 'org/policies', process: 'org/system', log: 'org/system', payload: 'org/system', demo: 'org/system',
};

/** The stream of the organisation in which an event that belongs to no session is kept. */
export function organisationStream(type: EventType): OrganisationStream {
  const stream = streamOfPrefix[type.slice(0, type.indexOf('.'))];
  if (!stream) throw new Error(`${type} belongs to a session's stream; name it`);
  return stream;
}

export const sessionStream = (sessionId: string): StreamId => `session/${sessionId}`;
