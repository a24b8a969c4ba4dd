import { expect, it } from 'vitest';
import { ToolUsage } from './tool-usage';

it('adds up by tool, by class and in all; nothing is ever negative', () => {
  const usage = new ToolUsage();
  const [read, write] = [{ name: 'read', classes: ['data'] }, { name: 'write', classes: ['data', 'risky'] }];
  usage.began(read);
  usage.began(write);
  usage.ended(read, { rows: 5, durationMs: 10 }, true);
  usage.ended(read, { rows: 1, durationMs: 1 }, true);
  expect(usage.within({ on: { per: 'tool', name: 'read' } })).toEqual({ running: 0, rows: 6, durationMs: 11 });
  expect(usage.within({ on: { per: 'tool', name: 'never' } })).toEqual({ running: 0, rows: 0, durationMs: 0 });
  expect(usage.within({ on: { per: 'class', name: 'risky' } })).toEqual({ running: 1, rows: 0, durationMs: 0 });
  expect(usage.within({ on: { per: 'session' } })).toEqual({ running: 1, rows: 6, durationMs: 11 });
  // What a tool server redeemed was never counted as running.
  usage.ended(write, { rows: 0, durationMs: 0 }, false);
  expect(usage.within({ on: { per: 'session' } }).running).toBe(1);
});
