/** Outbound: the one way by which anything of ours calls an address that somebody configured. */
export { callOut, checkedAddress, OutboundRefusal, type OutboundCall, type OutboundAnswer } from './call-out';
export { rulesFor, type AddressRules, type OutboundPolicy } from './rules';
