import { escapeStep } from '@/lib/protocol/json-pointer';
import { hasEnoughDigits } from './ordinary';

/** A text or number of an action's arguments. `joined`: what is left of an argument that has too many of them, as one text. */
export type Leaf = { readonly pointer: string; readonly text: string; readonly joined?: true };

const MOST_LEAVES = 200;
const MOST_JOINED = 1_000;
const DEEPEST = 64;

/**
 * The leaves of an action's arguments by JSON Pointer: every text that is not empty, and numbers with enough digits. Beyond the first 200 those
 * of one argument are one leaf under its name, so that nothing hides behind the number of them.
 */
export function leavesOf(args: Record<string, unknown>): Leaf[] {
  const leaves: Leaf[] = [];
  const rest = new Map<string, string[]>();
  const take = (pointer: string, argument: string, text: string) => {
    if (leaves.length < MOST_LEAVES) leaves.push({ pointer, text });
    else if (rest.get(argument)?.push(text) === undefined && rest.size < MOST_JOINED) rest.set(argument, [text]);
  };
  const walk = (value: unknown, pointer: string, argument: string, depth: number): void => {
    if (typeof value === 'string') { if (value !== '') take(pointer, argument, value); }
    else if (typeof value === 'number' || typeof value === 'bigint') {
      const text = String(value);
      if (!text.includes('e') && hasEnoughDigits(text)) take(pointer, argument, text);
    } else if (typeof value === 'object' && value !== null && depth < DEEPEST) {
      for (const [key, item] of Object.entries(value)) {
        const inner = `${pointer}/${Array.isArray(value) ? key : escapeStep(key)}`;
        walk(item, inner, depth === 0 ? inner : argument, depth + 1);
      }
    }
  };
  walk(args, '', '', 0);
  return [...leaves, ...[...rest].map(([pointer, texts]) => ({ pointer, text: texts.join('\n'), joined: true as const }))];
}
