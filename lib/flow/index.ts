/** Flow: how fast questions come and people answer. What a wait will be, who is deciding too fast, what nobody saw, and an agent that asks more than anybody can answer. */
export { learnWaits } from './learn-waits';
export { pauseFloods } from './pause-floods';
export { WaitForecasts } from './wait-forecasts';
export { registerFlowMetrics } from './metrics';
export { noteOpening } from './note-opening';
export { approverFigures, expiries, flowBins, paceOf, ruleFigures, standingFloods, usualWait } from './queries';
