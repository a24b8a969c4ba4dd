import { isIP } from 'node:net';
import { isOfMailbox } from '../../characters';
import type { Personal } from './find-personal-data';

const domain = /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}(?:xn--[a-z0-9-]{2,59}|\p{L}{2,24})(?![\p{L}\p{N}])/uy;

/** Of each kind; a text with more of them is a list, and the first say so. */
const mostFound = 500;

/** Mail addresses, from each `@` both ways. */
export function findEmails(text: string): Personal[] {
  const found: Personal[] = [];
  for (let at = text.indexOf('@'); at >= 0 && found.length < mostFound; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > 0 && at - start < 64 && isOfMailbox(text.charCodeAt(start - 1))) start -= 1;
    while (start < at && /[.'!#$%&*=?^{|}~-]/.test(text[start]!)) start += 1;
    domain.lastIndex = at + 1;
    if (start < at && text[at - 1] !== '.' && domain.test(text)) found.push({ kind: 'email_address', start, end: domain.lastIndex, named: true, score: 0.9 });
  }
  return found;
}

const v4 = /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/y;
const v6 = /(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,8}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4})(?:%[A-Za-z0-9]{1,15})?(?![\w:])/y;
const within = /^(?:0\.|10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|22[4-9]\.|23\d\.|24\d\.|25[0-5]\.|::|f[cdef])/i;

/** Addresses of machines, as they name a household or a person; those inside a network are a kind of their own. */
export function findAddresses(text: string): Personal[] {
  const found: Personal[] = [];
  for (const [pattern, sign, isPart, most] of [[v4, '.', isDigit, 3], [v6, ':', isHex, 4]] as const) {
    for (const { 0: address, index } of matchesAt(text, pattern, sign, isPart, most)) {
      if (found.length >= mostFound) break;
      if (isIP(address) === 0) continue;
      const own = within.test(address);
      found.push({ kind: own ? 'private_ip_address' : 'ip_address', start: index, end: index + address.length, named: false, score: address === '::' ? 0.2 : own ? 0.3 : 0.5 });
    }
  }
  return found;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isHex = (code: number): boolean => isDigit(code) || ((code | 32) >= 97 && (code | 32) <= 102);

/** What matches around a sign: tried only where at most so many digits stand before it, and never within a match. */
function* matchesAt(text: string, pattern: RegExp, sign: string, isPart: (code: number) => boolean, most: number): Generator<RegExpExecArray> {
  let done = 0;
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, Math.max(at + 1, done))) {
    let start = at;
    while (start > done && at - start <= most && isPart(text.charCodeAt(start - 1))) start -= 1;
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (!match) continue;
    yield match;
    done = start + match[0].length;
  }
}

const mac = /(?<![\w:.-])(?:[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})(?![\w:-])/y;

/** Addresses of network cards. */
export function findDevices(text: string): Personal[] {
  const found: Personal[] = [];
  for (const sign of [':', '-', '.']) {
    for (const { 0: address, index } of matchesAt(text, mac, sign, isHex, sign === '.' ? 4 : 2)) {
      if (found.length >= mostFound) break;
      const plain = address.replace(/[^0-9A-Fa-f]/g, '').toLowerCase();
      if (!/^(?:0+|f+)$/.test(plain)) found.push({ kind: 'mac_address', start: index, end: index + address.length, named: false, score: 0.6 });
    }
  }
  return found;
}
