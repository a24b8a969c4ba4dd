'use client';

import { SignInForm } from '@/components/access/sign-in-form';
import { tryWayIn } from '../try-way-in';
import type { WayProps } from './index';

/** E-mail and password. */
export function PasswordWay({ next, notice }: WayProps) {
  return <SignInForm signIn={(email, password) => tryWayIn('password', { email, password }, next)} notice={notice} />;
}
