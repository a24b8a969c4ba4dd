/** Alerts: findings that a person must look at, gathered from the log by rules in the bundle, and what those rules do at once. */
export { AlertKeeper } from './alert-keeper';
export { raiseAlertWithin } from './raise-alert';
export { RulesInForce } from './rules-in-force';
export { acknowledgeAlert } from './acknowledge-alert';
export { assignAlert } from './assign-alert';
export { closeAlert } from './close-alert';
export { endMute, muteAlerts } from './mute-alerts';
export { alertedSessions, countAlerts, getAlert, labelsByRule, listAlerts, openAlertCounts, ownAlerts } from './queries';
export { closeOwnAlert, raiseOwnAlert } from './own-alerts';
export { registerAlertMetrics } from './metrics';
