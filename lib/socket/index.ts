/** The sockets: make a context, call a verb, map the error. Agents reach the gateway's, browsers the console's. */
export { serveAgents } from './agent-namespace';
export { onNotice, onSwitchChange, tellWaiting } from './push-decisions';
export { serveBrowsers } from './browser-namespace';
export { sameHost } from './same-host';
export { keepControlLines } from './control-lines';
