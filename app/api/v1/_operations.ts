import type { z } from 'zod';
import type { Verb } from '@/lib/access';
import { createAgentSchema } from '@/lib/agents/schema';
import { decideApprovalSchema } from '@/lib/approvals/schema';
import { eraseSessionSchema, revealPayloadSchema } from '@/lib/payloads/schema';
import { redeemInputSchema } from '@/lib/protocol/redeem';
import { engageInputSchema, requestReleaseSchema, signedStopSchema } from '@/lib/switches/schema';
import * as answers from './_answers';
import * as queries from './_queries';

/** `verb`: null where the body itself is the credential, and no token is looked at. */
export type Operation = { method: 'get' | 'post'; path: string; id: string; says: string; verb: Verb | null; query?: z.ZodObject; body?: z.ZodType; status: 200 | 201 | 202; answer: z.ZodType };

/** Everything that REST offers, as data: the description is generated from it, and a test holds it against the routes that exist. */
export const operations: readonly Operation[] = [
  { method: 'get', path: '/agents', id: 'listAgents', says: 'Registered agents, by name.', verb: 'agent.read', query: queries.agentsQuery, status: 200, answer: answers.page(answers.agentAnswer) },
  { method: 'post', path: '/agents', id: 'createAgent', says: 'Registers an agent. Its secret is in this answer and nowhere else afterwards.', verb: 'agent.manage', body: createAgentSchema, status: 201, answer: answers.agentMadeAnswer },
  { method: 'get', path: '/sessions', id: 'listSessions', says: 'Sessions, the newest first.', verb: 'session.read', query: queries.sessionsQuery, status: 200, answer: answers.page(answers.sessionAnswer) },
  { method: 'get', path: '/sessions/{id}', id: 'getSession', says: 'One session as it stands.', verb: 'session.read', status: 200, answer: answers.sessionAnswer },
  { method: 'get', path: '/sessions/{id}/events', id: 'listSessionEvents', says: 'What happened in a session, in order, after the event with that number.', verb: 'session.read', query: queries.eventsQuery, status: 200, answer: answers.page(answers.eventAnswer) },
  { method: 'post', path: '/sessions/{id}/erasure', id: 'eraseSession', says: 'Asks for all texts of an ended session to be destroyed, for good; the worker does it within seconds. It takes a person: a service account is refused.', verb: 'payload.erase', body: eraseSessionSchema.omit({ sessionId: true }), status: 202, answer: answers.erasureAnswer },
  { method: 'post', path: '/payloads/{id}/reveal', id: 'revealPayload', says: 'A text with the secrets that were detected in it. Who read it and why is on the record. It takes a person: a service account is refused.', verb: 'payload.reveal', body: revealPayloadSchema.omit({ payloadId: true }), status: 200, answer: answers.revealedAnswer },
  { method: 'get', path: '/approvals', id: 'listApprovals', says: 'Approvals: those that wait by the time they have left, all others the newest first.', verb: 'approval.read', query: queries.approvalsQuery, status: 200, answer: answers.page(answers.approvalAnswer) },
  { method: 'get', path: '/approvals/{id}', id: 'getApproval', says: 'Everything that a person needs to decide: the decoded arguments, where they came from, why it asks.', verb: 'approval.read', status: 200, answer: answers.approvalDetailAnswer },
  { method: 'post', path: '/approvals/{id}/decision', id: 'decideApproval', says: 'Approves or denies. The digest says which arguments were seen; when they have changed since, or somebody was first, the answer is 409 and nothing is recorded. 403 step_up_required: a person finishes it at "url". Approving takes approval.decide.', verb: 'approval.deny', body: decideApprovalSchema.omit({ approvalId: true, stepUp: true }), status: 200, answer: answers.decisionAnswer },
  { method: 'get', path: '/switches', id: 'listSwitches', says: 'Stop orders: those that stand, or all of them.', verb: 'switch.read', query: queries.switchesQuery, status: 200, answer: answers.page(answers.orderAnswer) },
  { method: 'post', path: '/switches', id: 'engageSwitch', says: 'Stops. It is in force when this answers; each target’s own word comes later. Engaging what is engaged answers the standing order. Beyond a session it takes switch.engage.wide.', verb: 'switch.engage.session', body: engageInputSchema, status: 202, answer: answers.orderWrapped },
  { method: 'get', path: '/switches/{id}', id: 'getSwitch', says: 'One stop with everything that is known of its targets: each piece of evidence with its time, and whether it proves that the target has stopped; and the calls that were already out.', verb: 'switch.read', status: 200, answer: answers.orderDetailAnswer },
  { method: 'post', path: '/switches/pause', id: 'pauseSwitch', says: 'Pauses, the gentle way: sessions keep their state, nothing runs, and they go on once it is released. Takes what engaging takes, but for holdMinutes.', verb: 'switch.engage.session', body: engageInputSchema, status: 202, answer: answers.orderWrapped },
  { method: 'post', path: '/agents/{id}/end-hold', id: 'endHold', says: 'Lets new sessions of an agent open again, which were held with the stop of one of its sessions. It takes a person: a service account is refused.', verb: 'switch.release', status: 200, answer: answers.endedHoldAnswer },
  { method: 'post', path: '/switches/{id}/release', id: 'requestRelease', says: 'Asks for a stop to be undone. It takes a passkey: the answer is 403 step_up_required with the "url" where the person whose token it is finishes it, within fifteen minutes. For an agent, a class or everything a second person agrees in the console.', verb: 'switch.release', body: requestReleaseSchema.omit({ orderId: true, stepUp: true }), status: 202, answer: answers.orderWrapped },
  { method: 'post', path: '/switches/engage-by-key', id: 'engageByStopKey', says: 'Stops what a browser’s own stop key signed. Takes no token. 401 {why: unknown | revoked | expired | person}, 400 {why: clock, serverTime}, 409 {why: used}.', verb: null, body: signedStopSchema, status: 202, answer: answers.stoppedByKeyAnswer },
  { method: 'post', path: '/permits/redeem', id: 'redeemPermit', says: 'Trades a permit in for the one call that it allows. Takes no token: the permit is the credential. A permit that cannot be read is 400, one that does not count any more 409 with a code of its own.', verb: null, body: redeemInputSchema, status: 200, answer: answers.redeemedAnswer },
  { method: 'get', path: '/log', id: 'readLog', says: 'Events of one stream after a number, or of all streams after a place.', verb: 'log.read', query: queries.logQuery, status: 200, answer: answers.page(answers.eventAnswer) },
  { method: 'get', path: '/log/checkpoints', id: 'listCheckpoints', says: 'Signed checkpoints over the ends of all streams.', verb: 'log.read', query: queries.checkpointsQuery, status: 200, answer: answers.page(answers.checkpointAnswer) },
  { method: 'get', path: '/people', id: 'listPeople', says: 'Everybody with their roles and teams, in the order in which they were added.', verb: 'person.read', query: queries.peopleQuery, status: 200, answer: answers.page(answers.personAnswer) },
  { method: 'get', path: '/teams', id: 'listTeams', says: 'Teams with their members, in the order in which they were made.', verb: 'person.read', query: queries.teamsQuery, status: 200, answer: answers.page(answers.teamAnswer) },
  { method: 'get', path: '/roles', id: 'listRoles', says: 'The table of which role may do what, and the roles of the organisation’s own.', verb: 'person.read', status: 200, answer: answers.rolesAnswer },
  { method: 'get', path: '/sign-ins', id: 'listSignIns', says: 'Sign-ins and refused attempts of the last ninety days, the newest first: one’s own, or those of "person", which takes person.manage.', verb: 'person.read', query: queries.signInsQuery, status: 200, answer: answers.signInsAnswer },
  { method: 'get', path: '/keys', id: 'listKeys', says: 'Every live signing and wrapping key: which one signs, until when the one before is taken, how each is used. Public halves alone.', verb: 'key.read', status: 200, answer: answers.page(answers.keyAnswer) },
];
