/** Pending requests: what a token asked for and only its person can finish, in the console, with a passkey. */
export { leaveRequest } from './leave-request';
export { finishRequest } from './finish-request';
export { dismissRequest } from './dismiss-request';
export { getPendingRequest, listPendingRequests } from './queries';
export type { PendingRequest, Requested } from './schema';
