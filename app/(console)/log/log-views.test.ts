import { expect, it } from 'vitest';
import { logEvent } from './log-views';

it('reads an event whose values hold nothing in places, such as settings that were empty', () => {
  const event = { id: 'e', stream: 'org/access', seq: 1, type: 'setting.changed', actor: { kind: 'host', id: 'root' }, data: { key: 'retention', from: { args: null, list: [null] }, to: { args: 30, list: ['a', null] } }, recordedAt: '2026-01-01T00:00:00.000Z', hash: 'h', place: 'p' } as unknown as Parameters<typeof logEvent>[0];
  expect(logEvent(event).summary).toBe('key retention, from args none list 1, to args 30 list 2');
});
