import { expect, it } from 'vitest';
import { haltAckBytes } from './halt-ack';

it('signs the same bytes in every language: a first line of its own, then canonical JSON', () => {
  const bytes = haltAckBytes('019a0000-0000-7000-8000-000000000001', { stopped: ['019a0000-0000-7000-8000-00000000000b', '019a0000-0000-7000-8000-00000000000a'], at: '2026-01-02T03:04:05.678Z' });
  expect(bytes.toString('utf8')).toBe('countersign/halt-ack/1\n{"at":"2026-01-02T03:04:05.678Z","orderId":"019a0000-0000-7000-8000-000000000001","stopped":["019a0000-0000-7000-8000-00000000000b","019a0000-0000-7000-8000-00000000000a"]}');
});
