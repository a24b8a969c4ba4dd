import { hash, verify } from '@node-rs/argon2';

/** How passwords are kept; handed in where a test has to count how often one is really checked. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  verify(kept: string, password: string): Promise<boolean>;
  /** Whether it was kept with weaker settings than today's. */
  outdated(kept: string): boolean;
}

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane. 2 is argon2id; the library's enum exists for the compiler only.
const settings = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const PREFIX = `$argon2id$v=19$m=${settings.memoryCost},t=${settings.timeCost},p=${settings.parallelism}$`;

// As it was typed, whole and with its case. Only the two Unicode forms of one text count as one, since keyboards differ in them (NIST SP 800-63B-4, 3.1.1.2).
export const argon2id: PasswordHasher = {
  hash: (password) => hash(password.normalize('NFKC'), settings),
  verify: (kept, password) => verify(kept, password.normalize('NFKC')),
  outdated: (kept) => !kept.startsWith(PREFIX),
};

/** Made from a random text that nobody kept: what is checked where there is no password, so that the work is the same. */
export const NOBODYS_HASH = '$argon2id$v=19$m=19456,t=2,p=1$RI3gxHlzp77XJUBY+RZ1kA$d4QpGGsT9SffoXG7djOnj6aeD+fao+M/h1fs/rYgyxc';
