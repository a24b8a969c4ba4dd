'use client';

import { PasskeySignIn } from '@/components/access/passkey-sign-in';
import { beginPasskeySignInAction } from '../passkey-actions';
import { tryWayIn } from '../try-way-in';
import type { WayProps } from './index';

/** A passkey: it says by itself who is there. */
export function PasskeyWay({ next }: WayProps) {
  return <PasskeySignIn begin={beginPasskeySignInAction} enter={({ challengeId, response }) => tryWayIn('passkey', { challengeId, response: JSON.stringify(response) }, next)} />;
}
