import { domainToASCII, domainToUnicode } from 'node:url';
import { getDomain } from 'tldts';
import type { Inside } from './fact';

const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
const plain = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

/** A domain in lower case and punycode, or nothing when two programs could read it as different hosts (percent-encoding, full-width letters, other dots). */
export function asciiDomain(raw: string): string | undefined {
  const lower = raw.toLowerCase().replace(/\.$/, '');
  if (lower.length === 0 || lower.length > 253) return undefined;
  if (!plain.test(lower) || lower.includes('xn--')) {
    if (/[\s%@:/\\?#[\]<>^|]/.test(lower)) return undefined;
    const ascii = domainToASCII(lower);
    if (ascii === '' || domainToUnicode(ascii) !== domainToUnicode(lower)) return undefined;
    // UTS 46 folds look-alikes to plain letters; a mail program need not. Only what survives the way back is unambiguous.
    if (ascii !== lower && domainToUnicode(ascii) !== lower.normalize('NFC')) return undefined;
    return ascii.split('.').every((part) => label.test(part)) ? ascii : undefined;
  }
  return lower.split('.').every((part) => label.test(part)) ? lower : undefined;
}

/** What a registrar sells (`mail.example.co.uk` → `example.co.uk`); a name that nobody sells stands for itself. */
export const registrableDomain = (domain: string): string => getDomain(domain, { allowPrivateDomains: true }) ?? domain;

/** Whether a domain is one of the organisation's or below one. */
export function insideOf(domains: readonly string[]): Inside {
  const own = new Set(domains);
  return (domain) => {
    for (let rest = domain; ; ) {
      if (own.has(rest)) return true;
      const dot = rest.indexOf('.');
      if (dot < 0) return false;
      rest = rest.slice(dot + 1);
    }
  };
}
