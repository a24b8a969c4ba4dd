import ipaddr from 'ipaddr.js';

export type AddressRules = { /** This machine's own addresses, for whoever runs the receiver beside us. */ allowLoopback: boolean; /** Addresses of one's own network, for what the operator named in the environment and nobody on a page. */ allowInside?: boolean };

/** What the environment lets addresses lead to that people enter on a page. */
export type OutboundPolicy = { allowLoopback: boolean; /** Hosts of one's own network, by name or address, that may be called all the same. */ allowHosts: readonly string[] };

/** What holds for this host: the internet alone, and for a host that the operator named also its own network and this machine. */
export const rulesFor = (host: string, { allowLoopback, allowHosts }: OutboundPolicy): AddressRules =>
  (allowHosts.includes(host.replace(/^\[|\]$/g, '').toLowerCase()) ? { allowLoopback: true, allowInside: true } : { allowLoopback });

/** Ranges that route over the internet, whatever the way they are written: an IPv4 address inside an IPv6 one counts as itself. */
export const isPublicAddress = (address: string): boolean => rangeOf(address) === 'unicast';

/** Whether a connection may go there. `plain`: without TLS, which leaves this machine only for what the operator named. */
export function mayCall(address: string, rules: AddressRules, plain = false): boolean {
  const range = rangeOf(address);
  return (range === 'unicast' && (!plain || rules.allowInside === true)) || (rules.allowLoopback && range === 'loopback') || (rules.allowInside === true && insideRanges.has(range));
}

/** Never link-local: what answers there hands out the machine's own credentials. */
const insideRanges = new Set(['private', 'uniqueLocal', 'carrierGradeNat']);

/** Looks public and is not: the host's own service for a machine in Azure. */
const INSIDE = new Set(['168.63.129.16']);

function rangeOf(text: string): string {
  if (!ipaddr.isValid(text)) return 'unreadable';
  // `process` turns ::ffff:10.0.0.1 into 10.0.0.1; NAT64 (64:ff9b::/96) leads to the IPv4 address at its end.
  const plain = ipaddr.process(text);
  const address = plain.range() === 'rfc6052' ? new ipaddr.IPv4(plain.toByteArray().slice(12, 16)) : plain;
  return INSIDE.has(address.toString()) ? 'reserved' : address.range();
}

/** What is wrong with a configured address, or undefined. Where plain HTTP is taken, `mayCall` holds it to this machine and to what the operator named. */
export function addressProblem(url: URL, rules: AddressRules): string | undefined {
  if (url.username !== '' || url.password !== '') return 'its address must hold no password';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return `${url.protocol} is not a way to call it`;
  return rules.allowLoopback ? undefined : 'its address must begin with https://';
}
