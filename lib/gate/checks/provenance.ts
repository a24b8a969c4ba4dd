import type { Provenance } from '@/lib/protocol/decision';
import type { SeenTexts } from '../seen-texts';

const MAX_LEAVES = 200;

/** For every text in the arguments, by JSON Pointer: where it came from. */
export function traceArguments(args: Record<string, unknown>, seen: SeenTexts): Provenance {
  const provenance: Provenance = {};
  if (seen.empty) return provenance;
  let left = MAX_LEAVES;
  const walk = (value: unknown, pointer: string): void => {
    if (left <= 0) return;
    if (typeof value === 'string') {
      if (value === '') return;
      left -= 1;
      provenance[pointer] = seen.sourceOf(value);
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => walk(item, `${pointer}/${index}`));
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) walk(item, `${pointer}/${key.replace(/~/g, '~0').replace(/\//g, '~1')}`);
    }
  };
  walk(args, '');
  return provenance;
}
