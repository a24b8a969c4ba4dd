import type { z } from 'zod';
import { invalid } from '@/lib/errors';
import { escapeStep } from '@/lib/protocol/json-pointer';

/** Reads a verb's input by its schema; what does not fit becomes `invalid` with a JSON Pointer for each problem. */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 20).map((issue) => ({
    path: issue.path.map((step) => `/${escapeStep(String(step))}`).join(''),
    message: issue.message,
  }));
  const first = issues[0];
  throw invalid(first ? `${first.path || 'The body'}: ${first.message}` : 'The body does not fit.', issues);
}
