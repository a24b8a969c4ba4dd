/** The demo fleet: four simulated agents over the real SDK, in their own process, for a first look and for drills of one's own. */
export { startDemo } from './start-demo';
export { stopDemo } from './stop-demo';
export { demoState } from './queries';
export { DemoKeeper, type KeepDemo } from './keep-demo';
export { gatewayAddress } from './gateway-address';
export type { DemoState, DemoEffects, StartDemo } from './schema';
