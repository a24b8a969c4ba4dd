import { cutText } from '@/lib/cut-text';
import { findSecrets } from './detectors/secrets/find-secrets';

const SECRET_NAME = /^(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization|cookie|client[_-]?secret)$/i;

/** How much of a text the log shows: enough to recognise it, not enough to be a copy (characters). */
const MAX_RENDERING = 1_200;
const MAX_LEAF = 240;

/** The text with what looks like a secret replaced by its kind, at most `max` characters long. */
export function redactText(text: string, max = MAX_RENDERING): string {
  // A secret cut in half by the limit would not be recognised, so more than is shown is looked at.
  const { shown } = hideIn(cutText(text, max * 4));
  return shown.length > max || text.length > max * 4 ? `${cutText(shown, max)}… (${text.length} characters)` : shown;
}

/** The whole text with every secret replaced by its kind; what was replaced is counted. */
export function hideIn(text: string): { shown: string; hidden: number } {
  const found = findSecrets(text);
  if (found.length === 0) return { shown: text, hidden: 0 };
  let shown = '';
  let at = 0;
  for (const { label, start, end } of found) {
    shown += `${text.slice(at, start)}[${label} hidden]`;
    at = end;
  }
  return { shown: shown + text.slice(at), hidden: found.length };
}

/**
 * The same value with every detected secret replaced by its kind, nothing cut: what people read. `hidden` counts what was
 * replaced; seeing it takes an act of its own.
 */
export function hideSecrets(value: unknown): { value: unknown; hidden: number } {
  let hidden = 0;
  const hide = (part: unknown, name?: string): unknown => {
    if (typeof part === 'string') {
      if (part !== '' && name !== undefined && SECRET_NAME.test(name)) { hidden++; return '[hidden]'; }
      const inside = hideIn(part);
      hidden += inside.hidden;
      return inside.shown;
    }
    if (typeof part !== 'object' || part === null) return part;
    if (Array.isArray(part)) return part.map((item) => hide(item, name));
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, hide(item, key)]));
  };
  return { value: hide(value), hidden };
}

/** Arguments as the log shows them: the same shape, secrets hidden, long texts cut. */
export function renderArgs(args: unknown): string {
  const text = JSON.stringify(redactValue(args, 0));
  return text.length > MAX_RENDERING ? `${text.slice(0, MAX_RENDERING)}… (${text.length} characters)` : text;
}

function redactValue(value: unknown, depth: number, name?: string): unknown {
  if (typeof value === 'string') return name !== undefined && SECRET_NAME.test(name) ? '[hidden]' : redactText(value, MAX_LEAF);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > 6) return '…';
  if (Array.isArray(value)) {
    const shown = value.slice(0, 20).map((item) => redactValue(item, depth + 1, name));
    return value.length > 20 ? [...shown, `… ${value.length - 20} more`] : shown;
  }
  const entries = Object.entries(value);
  const shown = entries.slice(0, 40).map(([key, item]) => [redactText(key, 80), redactValue(item, depth + 1, key)] as const);
  return Object.fromEntries(entries.length > 40 ? [...shown, ['…', `${entries.length - 40} more`]] : shown);
}
