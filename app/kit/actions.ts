'use server';

import type { DecideInput, DecideResult } from '@/components/approvals/view';
import type { CredentialResult } from '@/components/agents/view';
import type { EngageResult } from '@/components/switches/view';
import type { LinkResult } from '@/components/access/view';
import type { Peek } from '@/components/sessions/view';
import type { RunDrill } from '@/components/drills/view';
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

export async function engageInKit(): Promise<EngageResult> {
  return { ok: false, because: 'The gallery stops nothing.', code: 'forbidden' };
}

/** The gallery has no key to ask; it shows what somebody without a passkey sees. */
export async function keyInKit(): Promise<{ ok: false; error: { message: string; data: Record<string, unknown> } }> {
  return { ok: false, error: { message: 'The gallery asks no key.', data: { why: 'no_passkey' } } };
}

export async function okInKit(): Promise<{ ok: true }> {
  return { ok: true };
}

export async function credentialInKit(): Promise<CredentialResult> {
  return { ok: true, credential: { name: 'support-triage', clientId: '019aa0c4-7c1e-7000-8000-000000000040', clientSecret: 'not-a-secret-but-as-long-as-one-0123456789', controlPin: 'cGluLW9mLXRoZS1nYWxsZXJ5' } };
}

export async function linkInKit(): Promise<LinkResult> {
  return { ok: true, url: 'http://127.0.0.1:3000/set-password/not-a-token-but-as-long-as-one', expiresAt: '2026-11-20T03:29:22Z' };
}

export async function tokenInKit(): Promise<{ ok: true; token: string }> {
  return { ok: true, token: 'cs_not-a-token-but-as-long-as-one' };
}

export const drillInKit: RunDrill = async () => ({ ok: false, because: 'The gallery drills nothing.' });

const unoffered = { ok: false as const, error: { message: 'Nothing is decided on this page.' } };
export const bulkInKit = async () => unoffered;
export const viewsInKit = async () => unoffered;
