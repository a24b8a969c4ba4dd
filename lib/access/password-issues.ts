import { env } from '@/lib/env';
import type { Issue } from '@/lib/protocol/wire-error';
import { isBreachedPassword } from './breached-passwords';
import { isCommonPassword } from './common-passwords';
import { isPasswordTooLong, MAX_PASSWORD, MIN_PASSWORD } from './rules';

/** What is wrong with a password for this person; empty when it will do. Length over composition, as NIST SP 800-63B has it. Not in the rules, which pages load: the list is large. */
export function passwordIssues(password: string, email: string, breached = env().breachedPasswordsFile): Issue[] {
  const says = (message: string): Issue[] => [{ path: '/password', message }];
  if ([...password].length < MIN_PASSWORD) return says(`At least ${MIN_PASSWORD} characters; four words in a row will do.`);
  if (isPasswordTooLong(password)) return says(`At most ${MAX_PASSWORD} characters.`);
  const plain = password.normalize('NFKC').toLowerCase();
  const [mailbox = ''] = email.toLowerCase().split('@');
  if (plain === email.toLowerCase() || (mailbox.length > 3 && plain.startsWith(mailbox) && plain.length - mailbox.length < 6)) return says('Not the e-mail address: it is the first thing that is tried.');
  if (new Set(plain).size < 5 || isCommonPassword(password)) return says('This one is on the lists that are tried first. Four words in a row that nobody would guess will do.');
  if (breached && [password, password.normalize('NFKC')].some((one) => isBreachedPassword(one, breached))) return says('This one was in a breach somewhere, so it is on lists that are tried. Take another one, and change it wherever else you use it.');
  return [];
}
