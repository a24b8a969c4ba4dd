/** Switches: stop orders on a scope, the fence that makes them hold, and the way back. */
export { engageSwitch, adoptOrder } from './engage-switch';
export { authoriseEngage } from './authorise-engage';
export { applySwitch, type Applied } from './apply-switch';
export { signSwitch, orderOf } from './sign-switch';
export { recordHaltAcknowledgement } from './record-halt-acknowledgement';
export { updateFence, closeStaleGateways, type FenceState } from './update-fence';
export { requestRelease } from './request-release';
export { releaseSwitch, withdrawRelease } from './release-switch';
export { signReleases, breakGlassRelease } from './sign-release';
export { resumeSessions } from './resume-sessions';
export { mendForgedReleases } from './mend-orders';
export { signAndFence, workOffSwitches, type Standing } from './work-off-switches';
export { createControlKey, revokeControlKey, listControlKeys } from './control-keys';
export { listStandingOrders, listOrders, getOrder, switchReach, releaserCount } from './queries';
export { SwitchView, type BegunDecision, type SwitchChange, type SwitchViewOptions } from './switch-view';
export { StandingReader, type ControlKeys } from './standing-reader';
export { controlKeysFrom } from './control-public-keys';
export { matchingOrder, type StandingOrder, type StandingOrders, type Subject } from './rules';
