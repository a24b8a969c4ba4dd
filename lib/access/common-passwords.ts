import { hash } from 'node:crypto';
import { commonPasswordHashes } from './common-password-hashes';

const BYTES = 6;

/** Whether a password is among those that are tried first, whatever its case and Unicode form; also one of a few words with digits and signs behind it. */
export function isCommonPassword(password: string): boolean {
  const plain = password.normalize('NFKC').toLowerCase();
  return paddedWords.has(plain) || paddedWords.has(plain.replace(/[^a-z]+$/, '')) || isListed(hash('sha256', plain, 'buffer').subarray(0, BYTES));
}

/** How many are on the list that is kept as hashes. */
export const listedPasswords = (): number => list().length / BYTES;

// Unpacked at the first password that somebody sets, and kept.
let unpacked: Buffer | undefined;
const list = (): Buffer => (unpacked ??= Buffer.from(commonPasswordHashes, 'base64'));

function isListed(wanted: Buffer): boolean {
  const all = list();
  let [from, to] = [0, all.length / BYTES];
  while (from < to) {
    const middle = (from + to) >> 1;
    const order = wanted.compare(all, middle * BYTES, (middle + 1) * BYTES);
    if (order === 0) return true;
    if (order < 0) to = middle; else from = middle + 1;
  }
  return false;
}

/** Words that people pad with digits and signs until they are long enough, and what our own product suggests. */
const paddedWords: ReadonlySet<string> = new Set([
  'password', 'passwort', 'passwordpassword', 'password1234', 'password12345', 'password123456', 'passw0rd1234', 'p@ssw0rd1234', 'p@ssword1234',
  'letmeinletmein', 'letmein', 'letmeinplease', 'qwertyuiop', 'qwertyuiop12', 'qwertyuiop123', 'qwertyuiop[]', 'qwertyqwerty', 'qwerty123456', 'qwerty', 'qwertzuiop',
  '1q2w3e4r5t6y', '1q2w3e4r5t6y7u', 'q1w2e3r4t5y6', '1qaz2wsx3edc', 'zaq12wsxcde3', '123456789012', '1234567890123', '123456123456', '123123123123', '0123456789012', '987654321098',
  'abcdefghijkl', 'abcdefghijklm', 'abcdefghijklmnop', 'abcd12345678', 'abc123abc123', 'asdfghjkl123', 'asdfghjkl', 'asdfasdfasdf', 'zxcvbnm12345', 'zxcvbnmzxcvbnm',
  'iloveyou', 'iloveyou1234', 'iloveyouforever', 'administrator', 'admin', 'adminadmin', 'adminadminadmin', 'administrator1', 'admin1234567', 'admin12345678', 'rootrootroot',
  'welcome', 'welcomewelcome', 'welcome12345', 'changeme', 'changemechangeme', 'changeme1234', 'changemenow', 'changemeplease', 'defaultpassword', 'temporarypassword',
  'mypassword', 'mypassword123', 'secretpassword', 'supersecret', 'supersecretpassword', 'secretsecret', 'trustno1trustno1', 'correcthorsebatterystaple', 'correct horse battery staple',
  'princess', 'princessprincess', 'sunshine', 'sunshinesunshine', 'football', 'footballfootball', 'baseball', 'superman', 'superman1234', 'dragondragon', 'monkeymonkey', 'starwarsstarwars',
  'countersign', 'countersigncountersign', 'countersignadmin', 'thisisapassword', 'thisismypassword', 'ilovemyfamily', 'companypassword', 'summer', 'winter', 'spring', 'autumn',
]);
