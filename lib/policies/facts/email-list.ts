import emailAddresses from 'email-addresses';
import { boolType, longType, recordOf, setOf, stringType } from '../cedar/value-type';
import { asciiDomain, registrableDomain } from './domain';
import { fact, invisible, textsOf, unreadable, type FactReader } from './fact';

const simple = /^[A-Za-z0-9][A-Za-z0-9_+-]*(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
const dotAtom = /^[^\s"(),:;<>@[\\\].]+(?:\.[^\s"(),:;<>@[\\\].]+)*$/u;
const mostAddresses = 1_000;

/**
 * Recipients as sets. Only spellings that every mail program reads alike are accepted: no quoted or commented
 * addresses, groups, address literals, or display names that look like another address.
 */
export const emailList: FactReader = {
  type: recordOf({ addresses: setOf(stringType), domains: setOf(stringType), registrable: setOf(stringType), external: boolType, externalDomains: setOf(stringType), count: longType }),
  read(raw, inside) {
    const texts = textsOf(raw, mostAddresses);
    if (!texts) return unreadable('must be one or more e-mail addresses');
    const addresses = new Set<string>();
    const domains = new Set<string>();
    const registrable = new Set<string>();
    const externalDomains = new Set<string>();
    for (const text of texts) {
      const found = simpleList(text) ?? mailboxes(text);
      if (typeof found === 'string') return unreadable(found);
      for (const address of found) {
        const at = address.lastIndexOf('@');
        const domain = asciiDomain(address.slice(at + 1));
        if (!domain) return unreadable('names a domain that two programs could read differently');
        addresses.add(`${address.slice(0, at).toLowerCase()}@${domain}`);
        domains.add(domain);
        registrable.add(registrableDomain(domain));
        if (!inside(domain)) externalDomains.add(domain);
      }
      if (addresses.size > mostAddresses) return unreadable(`names more than ${mostAddresses} recipients`);
    }
    return fact({
      addresses: [...addresses],
      domains: [...domains],
      registrable: [...registrable],
      external: externalDomains.size > 0,
      externalDomains: [...externalDomains],
      count: addresses.size,
    });
  },
};

/** Plain addresses with commas between them need no grammar. */
function simpleList(text: string): string[] | undefined {
  if (simple.test(text)) return [text];
  const parts = text.split(',').map((part) => part.replace(/^ +| +$/g, ''));
  return parts.every((part) => simple.test(part)) ? parts : undefined;
}

function mailboxes(text: string): string[] | string {
  if (text.length > 64_000 || invisible.test(text)) return 'holds invisible characters or is too long';
  if (text.includes('(')) return 'holds a comment; write the plain addresses';
  const parsed = emailAddresses({ input: text, rfc6532: true, strict: true, rejectTLD: true });
  if (!parsed || parsed.addresses.length === 0) return 'is not a list of e-mail addresses';
  const found: string[] = [];
  for (const entry of parsed.addresses) {
    if (entry.type !== 'mailbox') return 'names a group; list the addresses instead';
    if (!dotAtom.test(entry.local) || entry.domain.startsWith('[')) return 'holds a quoted address or an address literal; write the plain addresses';
    if (entry.name !== null && /[@<>,;:"\\]/.test(entry.name)) return 'has a display name that looks like an address';
    found.push(`${entry.local}@${entry.domain}`);
  }
  return found;
}
