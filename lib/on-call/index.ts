/** On call: names that routes ask, which resolve to persons by hand-over or by what another system says. */
export { createRota } from './create-rota';
export { archiveRota } from './archive-rota';
export { handOver } from './hand-over';
export { pollRotas } from './poll-rotas';
export { listRotas } from './queries';
