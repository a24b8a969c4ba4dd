'use server';

import { headers } from 'next/headers';
import { reportFailure } from '@/app/_session/report-failure';
import { isSameOrigin } from '@/app/_session/same-origin';
import { beginPasskeySignIn } from '@/lib/access';
import type { StepUpChallenge } from '@/lib/access/schema';
import { env } from '@/lib/env';

/** A challenge for whoever stands at the door; null when none can be given now. */
export async function beginPasskeySignInAction(): Promise<StepUpChallenge | null> {
  if (!isSameOrigin(await headers(), env().publicUrl)) return null;
  try {
    return await beginPasskeySignIn();
  } catch (error) {
    reportFailure(error, 'sign-in');
    return null;
  }
}
