const DEEPEST = 32;

/**
 * The text of what an event brought: a text as it is; of a value every key, text and number in it, one a line, keys in the order of
 * canonical JSON, in which it is stored: so it is the same text when it is read again.
 */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const lines: string[] = [];
  const walk = (item: unknown, depth: number): void => {
    if (typeof item === 'string') lines.push(item);
    else if (typeof item === 'number') lines.push(String(item));
    else if (Array.isArray(item)) { if (depth < DEEPEST) for (const inner of item) walk(inner, depth + 1); }
    else if (typeof item === 'object' && item !== null && depth < DEEPEST) {
      for (const key of Object.keys(item).sort()) {
        lines.push(key);
        walk((item as Record<string, unknown>)[key], depth + 1);
      }
    }
  };
  walk(value, 0);
  return lines.join('\n');
}
