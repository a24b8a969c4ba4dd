/** Quorum: several distinct persons agree on exactly this, or it doesn't happen. Pure: the moment and who holds what come from outside. */
export { propose, step, settle, missing } from './rules';
export { stillNeeded, leastNeeded, groupName } from './seats';
export type { Command, Group, Holds, Phase, Quorum, Refusal, Seat, Signature, Stepped, Terms } from './schema';
