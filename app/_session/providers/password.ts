import { signIn } from '@/lib/access';
import { deviceTokenOf } from '../sign-in-call';
import { credentialsWay } from './way-in';

/** E-mail and password. */
export const password = credentialsWay('password', ['email', 'password'], (call, { email, password: typed }) =>
  signIn(call.ctx, { email, password: typed, deviceToken: deviceTokenOf(call) }));
