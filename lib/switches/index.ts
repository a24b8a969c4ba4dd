/** Switches: stop orders on a scope, the fence that makes them hold, and the way back. */
export { engageSwitch } from './engage-switch';
export { SwitchView, type BegunDecision, type SwitchChange, type SwitchViewOptions } from './switch-view';
export type { ControlKeys } from './standing-reader';
export { matchingOrder, type StandingOrder, type StandingOrders, type Subject } from './rules';
