'use server';

import { headers } from 'next/headers';
import { reportFailure } from '@/app/_session/report-failure';
import { callerOf } from '@/app/_session/caller';
import { isSameOrigin } from '@/app/_session/same-origin';
import { beginPasskeySignIn } from '@/lib/access';
import type { StepUpChallenge } from '@/lib/access/schema';
import { RefusalLimit } from '@/lib/agents';
import { env } from '@/lib/env';

/** So many challenges an address gets at once, and then one a second: each is a row, and nobody needs more. */
const calls = new RefusalLimit();

/** A challenge for whoever stands at the door; null when none can be given now. */
export async function beginPasskeySignInAction(): Promise<StepUpChallenge | null> {
  const sent = await headers();
  if (!isSameOrigin(sent, env().publicUrl)) return null;
  const address = callerOf(sent).ip ?? '';
  if (calls.waitMs(address) > 0) return null;
  calls.note(address);
  try {
    return await beginPasskeySignIn();
  } catch (error) {
    reportFailure(error, 'sign-in');
    return null;
  }
}
