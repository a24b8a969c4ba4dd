/** @countersign/agent/supervisor: holds an agent's process from outside, so that a stop ends it whatever it does. */
export { Supervisor, type SuperviseEnd, type SuperviseOptions, type SupervisorEvents } from './supervisor';
export { planContainment } from './containment';
export type { Confinement, ContainmentPlan } from './containment';
export { runSupervise, type SuperviseIo } from './main';
