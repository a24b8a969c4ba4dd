import { expect, it } from 'vitest';
import { newMarks } from './session-marks';

it('gives each session marks of 128 random bits', () => {
  const many = Array.from({ length: 50 }, newMarks);
  for (const { canary, delimiter } of many) {
    expect(canary).toMatch(/^csc-[0-9a-f]{32}$/);
    expect(delimiter).toMatch(/^data-[0-9a-f]{32}$/);
  }
  expect(new Set(many.flatMap(({ canary, delimiter }) => [canary.slice(4), delimiter.slice(5)])).size).toBe(100);
});
