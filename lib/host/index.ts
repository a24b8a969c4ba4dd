/** The host's door: what whoever holds this machine may ask of the worker, over a socket that only they can open. */
export { openHostDoor } from './host-door';
export type { HostDeps } from './routes';
