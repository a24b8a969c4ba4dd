/** Dead-man switches: where nobody says for long enough that they are here, an agent or the whole environment is paused or stopped. */
export { armDeadMan } from './arm-dead-man';
export { disarmDeadMan } from './disarm-dead-man';
export { heartbeat } from './heartbeat';
export { fireDeadMen, nextFiringMs } from './fire-dead-men';
export { armedDeadMen, deadManOf, tendsAgent } from './queries';
