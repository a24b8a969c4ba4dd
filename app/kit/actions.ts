'use server';

import type { DecideInput, DecideResult } from '@/components/approvals/view';

/** The gallery's answers to a press: one per approval, so that every outcome can be looked at. */
export async function decideInKit(input: DecideInput): Promise<DecideResult> {
  if (process.env.NODE_ENV === 'production') return { kind: 'refused', because: 'The gallery decides nothing.' };
  switch (input.approvalId.slice(-2)) {
    case '05': return { kind: 'first_was', by: 'Tomás Reyes', verdict: 'denied', secondsBefore: 2, reason: 'Not to a public channel.' };
    case '66': return { kind: 'stale_digest', changes: [{ name: 'to', before: 'a@halden.example', after: 'exports@mailbox-relay.example' }] };
    case '01': return { kind: 'unavailable', because: 'The database did not answer for 5 s.' };
    default: return { kind: 'recorded' };
  }
}
