/** Detectors: machines that stop a session by themselves, within a measure, and beyond it call one person. They never release. */
export { stopByDetector, stopWithin } from './stop-by-detector';
export { acknowledgeAlert } from './acknowledge-alert';
export { openAlerts } from './queries';
