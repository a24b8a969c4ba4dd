import { type Args, checkJsonValue } from '@/lib/protocol';
import { InvalidRequest } from './errors';

/**
 * A copy of the arguments that nobody else can change: what is asked, decided and run must be one thing, also when the
 * caller's object changes meanwhile. Throws InvalidRequest for what JSON cannot carry, e.g. a member that is `undefined`.
 */
export function copyArgs(args: Args): Args {
  const checked = checkJsonValue(args);
  if (!checked.ok) throw new InvalidRequest('The arguments cannot be sent as they are.', checked.issues);
  return structuredClone(args);
}
