import ipaddr from 'ipaddr.js';
import { boolType, longType, recordOf, setOf, stringType } from '../cedar/value-type';
import { asciiDomain, registrableDomain } from './domain';
import { fact, invisible, textsOf, unreadable, type FactReader } from './fact';

const shape = /^(https?):\/\/([^/?#]*)/i;
const mostUrls = 1_000;
const innerNames = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain|home\.arpa|onion)$/;

/**
 * Web addresses. A host is what a browser would connect to (decimal, octal and hexadecimal addresses included);
 * spellings on which programs disagree (credentials, backslashes, encoded hosts) are refused.
 * `private` covers loopback, private, link-local and metadata addresses, and names that only resolve inside a network.
 */
export const url: FactReader = {
  type: recordOf({ urls: setOf(stringType), schemes: setOf(stringType), hosts: setOf(stringType), domains: setOf(stringType), external: boolType, externalDomains: setOf(stringType), private: boolType, address: boolType, count: longType }),
  read(raw, inside) {
    const texts = textsOf(raw, mostUrls);
    if (!texts) return unreadable('must be one or more web addresses');
    const urls = new Set<string>();
    const schemes = new Set<string>();
    const hosts = new Set<string>();
    const domains = new Set<string>();
    const externalDomains = new Set<string>();
    let isPrivate = false;
    let isAddress = false;
    for (const text of texts) {
      const parsed = parse(text);
      if (typeof parsed === 'string') return unreadable(parsed);
      const { host, address } = hostOf(parsed);
      urls.add(parsed.href);
      schemes.add(parsed.protocol.slice(0, -1));
      hosts.add(host);
      domains.add(address ? host : registrableDomain(host));
      if (address || !inside(host)) externalDomains.add(host);
      isAddress ||= address !== undefined;
      isPrivate ||= address ? address.range() !== 'unicast' : innerNames.test(host) || !host.includes('.');
    }
    return fact({
      urls: [...urls],
      schemes: [...schemes],
      hosts: [...hosts],
      domains: [...domains],
      external: externalDomains.size > 0,
      externalDomains: [...externalDomains],
      private: isPrivate,
      address: isAddress,
      count: urls.size,
    });
  },
};

/** The last address that was read: a call's is asked for twice in a row, for its capability and for its rules. */
let last: { text: string; parsed: URL | string } | undefined;
function parse(text: string): URL | string {
  if (last?.text !== text) last = { text, parsed: parseAnew(text) };
  return last.parsed;
}

function parseAnew(text: string): URL | string {
  if (text.length > 8_192) return 'is longer than 8,192 characters';
  if (invisible.test(text) || /[\s\\]/.test(text)) return 'holds spaces, backslashes or invisible characters';
  const authority = shape.exec(text)?.[2];
  if (!authority) return 'must be a full address that starts with http:// or https://';
  if (authority.includes('@')) return 'holds a user name or password before the host';
  if (authority.includes('%')) return 'encodes its host';
  if (!URL.canParse(text)) return 'is not a web address';
  const parsed = new URL(text);
  if (parsed.hostname.startsWith('[')) return parsed;
   
  if (/[^\x00-\x7f]/.test(authority) && asciiDomain(authority.replace(/:\d*$/, '')) !== parsed.hostname.replace(/\.$/, '')) return 'names a host that two programs could read differently';
  return parsed;
}

type Address = ReturnType<typeof ipaddr.process>;
/** Every address ends in a number or has a colon; asking the library about each plain name would cost more than the rest of the reading. */
const maybeAddress = /:|(?:^|\.)(?:\d+|0x[\da-f]*)$/i;
function hostOf(parsed: URL): { host: string; address: Address | undefined } {
  const host = parsed.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (!maybeAddress.test(host) || !ipaddr.isValid(host)) return { host, address: undefined };
  const address = ipaddr.process(host);
  return { host: address.toString(), address };
}
