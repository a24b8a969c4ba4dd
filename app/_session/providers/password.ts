import { signIn } from '@/lib/access';
import { DomainError } from '@/lib/errors';
import { deviceTokenOf } from '../sign-in-call';
import { credentialsWay, SignInWord } from './way-in';

const FIVE_MINUTES_S = 5 * 60;

/** E-mail and password. Where the person has a one-time password, the browser keeps for five minutes that this step was right. */
export const password = credentialsWay('password', ['email', 'password'], async (call, { email, password: typed }) => {
  const came = await signIn(call.ctx, { email, password: typed, deviceToken: deviceTokenOf(call) }).catch((error: unknown) => {
    throw error instanceof DomainError && error.code === 'invalid' ? new SignInWord('password_too_long') : error;
  });
  if (came.kind === 'opened') return came;
  call.keep('step', came.step, FIVE_MINUTES_S);
  throw new SignInWord('second_step');
});
