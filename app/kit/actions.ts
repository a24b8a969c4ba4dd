'use server';

import type { DecideInput, DecideResult } from '@/components/approvals/view';
import type { Peek } from '@/components/sessions/view';
import { events, peek } from './fixtures/sessions';

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

export async function loadPeekInKit(seq: number): Promise<Peek> {
  const event = events.find((each) => each.seq === seq);
  if (seq === 189) return peek;
  return { seq, title: event?.sentence ?? [{ text: `Event ${seq}` }], recordedAt: event?.at ?? peek.recordedAt, ...(event?.verdict && { verdict: event.verdict }), arguments: [{ path: '/q', name: 'q', text: '<b>bold</b> \u202E evil' }], text: { label: 'Output', text: 'word '.repeat(4_000), untrusted: true } };
}
