'use client';

import { useState } from 'react';
import { SecondStepForm } from '@/components/access/second-step-form';
import { SignInForm } from '@/components/access/sign-in-form';
import { tryWayIn } from '../try-way-in';
import type { WayProps } from './index';

type At = { step: 'password'; after?: 'second_step_over' } | { step: 'code' };

/** E-mail and password, then a code where the account has a one-time password. */
export function PasswordWay({ next, notice }: WayProps) {
  const [at, setAt] = useState<At>({ step: 'password' });
  if (at.step === 'code') {
    return <SecondStepForm finish={(code) => tryWayIn('second-step', { code }, next)} over={(why) => setAt({ step: 'password', ...(why === 'second_step_over' && { after: why }) })} />;
  }
  return (
    <SignInForm
      notice={notice} before={at.after}
      signIn={async (email, password) => {
        const outcome = await tryWayIn('password', { email, password }, next);
        if (outcome === 'second_step') setAt({ step: 'code' });
        return outcome;
      }}
    />
  );
}
