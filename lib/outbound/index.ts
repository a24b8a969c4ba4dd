/** Outbound: the one way by which anything of ours calls an address that somebody configured. */
export { callOut, OutboundRefusal, type OutboundCall, type OutboundAnswer } from './call-out';
export type { AddressRules } from './rules';
