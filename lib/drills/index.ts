/** Drills: rogue processes, stopped for real, to see that a stop that is pressed is a stop that happens. */
export { runDrill } from './run-drill';
export { finishDrill } from './finish-drill';
export { DrillKeeper, type KeepDrills } from './keep-drills';
export { drillOfOrder, drillStanding, getDrill, listDrills } from './queries';
