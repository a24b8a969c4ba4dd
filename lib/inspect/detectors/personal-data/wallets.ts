import { createHash } from 'node:crypto';
import type { Personal } from './find-personal-data';

const bitcoin = /(?<![A-Za-z0-9])(?:[13][1-9A-HJ-NP-Za-km-z]{25,34}|(?:bc1|tb1)[ac-hj-np-z02-9]{11,71}|(?:BC1|TB1)[AC-HJ-NP-Z02-9]{11,71})(?![A-Za-z0-9])/g;
const ethereum = /(?<![A-Za-z0-9])0x[0-9a-fA-F]{40}(?![A-Za-z0-9])/g;
/** Each candidate costs two hashes, so a text of nothing else is looked at in part. */
const mostCandidates = 100;

/** Addresses of wallets: Bitcoin's by their checksum, Ethereum's by their shape. */
export function findWallets(text: string): Personal[] {
  const found: Personal[] = [];
  bitcoin.lastIndex = 0;
  let candidates = 0;
  for (let match = bitcoin.exec(text); match && candidates < mostCandidates; match = bitcoin.exec(text), candidates++) {
    if (/^(?:bc|tb)1/i.test(match[0]) ? bech32(match[0].toLowerCase()) : base58Check(match[0])) found.push({ kind: 'crypto_wallet', start: match.index, end: bitcoin.lastIndex, named: true, score: 0.9 });
  }
  ethereum.lastIndex = 0;
  for (let match = ethereum.exec(text); match; match = ethereum.exec(text)) found.push({ kind: 'crypto_wallet', start: match.index, end: ethereum.lastIndex, named: false, score: 0.5 });
  return found;
}

const alphabet58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

function base58Check(address: string): boolean {
  const bytes = new Uint8Array(25);
  for (const character of address) {
    let carry = alphabet58.indexOf(character);
    for (let i = 24; i >= 0; i--) {
      carry += bytes[i]! * 58;
      bytes[i] = carry & 255;
      carry >>= 8;
    }
    if (carry !== 0) return false;
  }
  return sha256(sha256(bytes.subarray(0, 21))).subarray(0, 4).equals(bytes.subarray(21));
}

const alphabet32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** BIP 173 and BIP 350: the checksum's constant tells which. */
function bech32(address: string): boolean {
  const prefix = address.slice(0, 2);
  const values = [...Array.from(prefix, (character) => character.charCodeAt(0) >> 5), 0, ...Array.from(prefix, (character) => character.charCodeAt(0) & 31), ...Array.from(address.slice(3), (character) => alphabet32.indexOf(character))];
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (let i = 0; i < 5; i++) if ((top >> i) & 1) check ^= generator[i]!;
  }
  return check === 1 || check === 0x2bc830a3;
}
