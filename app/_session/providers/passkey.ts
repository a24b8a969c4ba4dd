import { signInWithPasskey } from '@/lib/access';
import { deviceTokenOf } from '../sign-in-call';
import { credentialsWay } from './way-in';

/** A passkey, without any name typed. */
export const passkey = credentialsWay('passkey', ['challengeId', 'response'], (call, { challengeId, response }) =>
  signInWithPasskey(call.ctx, { challengeId, response: readJson(response) }, deviceTokenOf(call)));

/** What is not JSON is refused like any other answer that opens nothing. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text.slice(0, 32_000));
  } catch {
    return undefined;
  }
}
