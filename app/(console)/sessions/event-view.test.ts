import { expect, it } from 'vitest';
import { catalogue, type LoggedEvent } from '@/lib/log';
import { eventWords } from './event-sentence';
import { eventView } from './event-view';

const event = (type: string, data: object, more: Partial<LoggedEvent> = {}): LoggedEvent => ({ id: 'e', stream: 'session/s', seq: 7, type, actor: { kind: 'agent', id: 'a', name: 'desk' }, data, recordedAt: '2026-11-20T10:00:00.000Z', hash: '0', ...more } as LoggedEvent);
const sealed = { payloadId: 'p', mac: 'm', bytes: 2_048, rendering: 'Where is my order?' };
const none = { sources: [], wentWrongAt: null };

it('has words for every kind of event that a session can hold', () => {
  const ours = Object.keys(catalogue).filter((type) => /^(session|input|plan|output|spans|action|approval|permit)\./.test(type));
  const missing = ours.filter((type) => {
    try {
      return eventWords(event(type, {})).sentence.map((part) => part.text).join('') === type;
    } catch {
      // It has words; they wanted the event's own data.
      return false;
    }
  });
  expect(missing).toEqual([]);
});

it('names an event that it does not know as the record does', () => expect(eventWords(event('future.thing', {})).sentence).toEqual([{ text: 'future.thing' }]));

it('marks text from outside as a source, and a tool’s answer once it reached an argument', () => {
  const input = event('input.added', { origin: 'document', source: 'ticket #1', trusted: false, content: sealed });
  expect(eventView(input, none, new Set())).toMatchObject({ taint: 'source', verdict: 'untrusted', lane: 1 });
  expect(eventView(event('input.added', { origin: 'user', source: null, trusted: true, content: sealed }), none, new Set())).not.toHaveProperty('taint');
  const result = event('action.finished', { tool: 'read_ticket', status: 'ok', output: sealed, error: null, withheld: false });
  expect(eventView(result, none, new Set())).not.toHaveProperty('taint');
  expect(eventView(result, { sources: [7], wentWrongAt: 7 }, new Set())).toMatchObject({ taint: 'source', verdict: 'untrusted' });
});

it('folds allowed reads and nothing that untrusted text shaped', () => {
  const allowed = (findings: object[]) => event('action.allowed', { tool: 'read_ticket', title: 'Read ticket 1', findings });
  expect(eventView(allowed([]), none, new Set(['read_ticket']))).toMatchObject({ foldable: true, verdict: 'allow' });
  expect(eventView(allowed([]), none, new Set())).not.toHaveProperty('foldable');
  expect(eventView(allowed([{ kind: 'untrusted_argument', path: '/ticketId' }]), none, new Set(['read_ticket']))).toMatchObject({ taint: 'reached' });
  expect(eventView(allowed([{ kind: 'untrusted_argument', path: '/ticketId' }]), none, new Set(['read_ticket']))).not.toHaveProperty('foldable');
});

it('cuts a long line in the middle and never at its end', () => {
  const { sentence } = eventWords(event('action.asked', { tool: 't', title: `Send ${'x'.repeat(500)} to mallory@evil.example` }));
  expect(sentence[0]!.text).toMatch(/ … .*mallory@evil\.example$/);
  expect(sentence[0]!.text.length).toBeLessThan(320);
});
