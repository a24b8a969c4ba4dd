/** Supervisors: what holds an agent's process from outside, the keys they prove themselves with, and what they say of its end. */
export { createSupervisorKey, listSupervisorKeys, revokeSupervisorKey, type SupervisorKeyView } from './supervisor-keys';
export { liveSupervisorKeys, sessionsHeld, type HeldSession, type HeldSupervisorKey } from './queries';
export { noteControlProcess, noteSupervisors, recordConnected, type SeenSupervisor } from './note-supervisors';
export { recordExit, type ExitSaid } from './record-exit';
