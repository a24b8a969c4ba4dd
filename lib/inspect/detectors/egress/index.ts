import type { About, Detector, Sighting } from '../../detector';
import { partsOf } from '../../parts-of';
import { carriedBy } from './data-in-url';
import { findDestinations, type Destination } from './find-destinations';
import { catchers, shorteners } from './known-hosts';
import { likenessOf, mixesScripts } from './look-alike';

/** More than this is looked at in part (characters). */
const mostLookedAt = 64 * 1024;
const mostSightings = 100;

/** Where a text leads or is sent to: names that pass for the organisation's own, hidden addresses, data in an address, services that catch what is sent to them. */
export const egress: Detector = {
  id: 'egress',
  version: 1,
  see(text, about) {
    const seen: Sighting[] = [];
    for (const part of partsOf(text, mostLookedAt)) {
      for (const destination of findDestinations(part.text)) {
        const span = [part.from + destination.start, part.from + destination.end] as const;
        for (const sign of signsOf(destination, part.text, about)) seen.push({ ...sign, span });
        if (seen.length >= mostSightings) return seen;
      }
    }
    return seen;
  },
};

type Sign = Omit<Sighting, 'span'>;

function signsOf(to: Destination, text: string, { domains, channel }: About): Sign[] {
  const signs: Sign[] = [];
  const { host, domain, authority, url } = to;
  const leaves = channel === 'argument' || channel === 'output';
  const own = domains.some((one) => host === one || host.endsWith(`.${one}`));
  const at = authority.lastIndexOf('@');
  // A browser goes to what stands behind the last `@`; a person reads what stands before it.
  if (url && at >= 0) signs.push(/[\p{L}\p{N}]\.\p{L}{2}/u.test(authority.slice(0, at)) ? { kind: 'host_behind_at', severity: 'high', score: 0.9 } : { kind: 'user_in_address', severity: 'low', score: 0.4 });
  if (own) return signs;

  const numeric = url && numericHost(host, authority.slice(at + 1));
  if (numeric) signs.push(numeric === 'hidden' ? { kind: 'hidden_ip', severity: 'high', score: 0.9 } : { kind: 'ip_literal', severity: leaves ? 'medium' : 'low', score: leaves ? 0.55 : 0.3 });
  const like = numeric ? undefined : likenessOf(host, domains);
  if (like) signs.push({ kind: 'look_alike_domain', severity: 'high', score: like.how === 'typo' || like.how === 'other_ending' ? 0.75 : 0.9 });
  if (/(?:^|\.)xn--/.test(host)) signs.push(mixesScripts(host) ? { kind: 'mixed_script_domain', severity: 'high', score: 0.85 } : { kind: 'punycode_domain', severity: 'low', score: 0.4 });
  const caught = known(catchers, host);
  if (caught) signs.push({ kind: 'catching_service', severity: leaves ? 'high' : 'medium', score: leaves ? 0.8 : 0.5 });
  if (known(shorteners, host)) signs.push({ kind: 'shortened_address', severity: leaves ? 'medium' : 'low', score: leaves ? 0.55 : 0.3 });

  if (url) {
    const carried = carriedBy(url, domain);
    const image = isImage(text, to.start);
    // An image is fetched without anybody's click, so what its address says is sent by showing the text.
    if (image && (carried || url.search.length > 1 || holdsTemplate(text, to.end))) signs.push({ kind: 'image_that_sends', severity: 'high', score: carried || holdsTemplate(text, to.end) ? 0.85 : leaves ? 0.6 : 0.45 });
    else if (carried && leaves) signs.push({ kind: 'data_in_address', severity: carried.how === 'encoded_text' || carried.how === 'labels' ? 'high' : 'medium', score: carried.how === 'encoded_text' ? 0.85 : carried.how === 'labels' ? 0.75 : 0.55 });
  }
  // Whether it is allowed, a rule says; here it is only said where it goes.
  if (leaves && to.kind !== 'name' && signs.length === 0) signs.push({ kind: 'outside_destination', severity: 'info', score: 0.3 });
  return signs;
}

/** A host that is an address: written as everybody writes it, or so that one has to calculate to see which. */
function numericHost(host: string, written: string): 'plain' | 'hidden' | undefined {
  const bare = written.replace(/:\d{0,5}$/, '').toLowerCase();
  if (host.startsWith('[')) return /^\[::(?:ffff:)?(?:0:)?[0-9a-f]{1,4}:[0-9a-f]{1,4}\]$/.test(host) || bare !== host && /\./.test(bare) ? 'hidden' : 'plain';
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return undefined;
  return bare === host ? 'plain' : 'hidden';
}

/** Whether what stands before an address makes it an image, in Markdown or HTML. */
function isImage(text: string, start: number): boolean {
  if (!/["'(<=]/.test(text[start - 1] ?? '')) return false;
  const before = text.slice(Math.max(0, start - 220), start);
  return /!\[[^\]\n]{0,200}\]\(<?$/.test(before) || /<img\b[^>]{0,200}\bsrc\s{0,2}=\s{0,2}["']?$/i.test(before);
}

/** An address that breaks off at `{data}` or `<…>`, to be filled in by whoever follows it. */
const holdsTemplate = (text: string, end: number): boolean => /^[{<[][^\n)]{1,60}/.test(text.slice(end, end + 62));

function known(hosts: ReadonlySet<string>, host: string): boolean {
  for (let rest = host; rest.includes('.'); rest = rest.slice(rest.indexOf('.') + 1)) if (hosts.has(rest)) return true;
  return false;
}
