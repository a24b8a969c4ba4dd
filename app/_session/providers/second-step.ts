import { finishSignIn } from '@/lib/access';
import { DomainError } from '@/lib/errors';
import { deviceTokenOf } from '../sign-in-call';
import { credentialsWay, SignInWord } from './way-in';

/** A one-time password or a recovery code, after `password` left word that it was right. */
export const secondStep = credentialsWay('second-step', ['code'], async (call, { code }) => {
  try {
    const opened = await finishSignIn(call.ctx, { step: call.cookie('step') ?? '', code, deviceToken: deviceTokenOf(call) });
    call.keep('step', undefined);
    return opened;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'conflict') { call.keep('step', undefined); throw new SignInWord('second_step_over'); }
    if (error.code === 'rate_limited') throw new SignInWord('code_locked');
    if (error.data?.why === 'used') throw new SignInWord('code_used');
    throw error;
  }
});
