/** What a secret looks like wherever it stands; the log, exports and notifications carry its kind in its place. */
const SECRETS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]{0,20000}?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g],
  ['JSON web token', /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g],
  ['AWS key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ['GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})/g],
  ['Slack token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g],
  ['Stripe key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g],
  ['API key', /\bsk-[A-Za-z0-9_-]{20,}/g],
  ['Google key', /\bAIza[A-Za-z0-9_-]{35}/g],
  ['Countersign secret', /\bcsk_(?:agent|user|ctl)_[A-Za-z0-9]{20,}/g],
  ['password', /(?<=\b(?:password|passwd|pwd|secret|token|api[_-]?key)["']?\s{0,3}[:=]\s{0,3}["']?)[^\s"',;&]{6,200}/gi],
  ['URL password', /(?<=:\/\/[^\s/:@]{1,100}:)[^\s/@]{1,200}(?=@)/g],
];
/** What every secret's pattern begins with or needs: one look that finds none of it spares eleven. */
const HINT = /-----BEGIN|eyJ|AKIA|ASIA|gh[pousr]_|github_pat_|xox[abeoprs]-|[rs]k_|sk-|AIza|passw|pwd|secret|token|api[_-]?key|:\/\/[^\s/:@]{1,100}:/i;
const SECRET_NAME = /^(?:password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization|cookie|client[_-]?secret)$/i;

/** How much of a text the log shows: enough to recognise it, not enough to be a copy (characters). */
const MAX_RENDERING = 1_200;
const MAX_LEAF = 240;

/** The text with what looks like a secret replaced by its kind, at most `max` characters long. */
export function redactText(text: string, max = MAX_RENDERING): string {
  // A secret cut in half by the limit would not be recognised, so more than is shown is looked at.
  let shown = text.length > max * 4 ? text.slice(0, max * 4) : text;
  if (HINT.test(shown)) for (const [kind, pattern] of SECRETS) shown = shown.replace(pattern, `[${kind} hidden]`);
  return shown.length > max || text.length > max * 4 ? `${shown.slice(0, max)}… (${text.length} characters)` : shown;
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
      if (!HINT.test(part)) return part;
      let shown = part;
      for (const [kind, pattern] of SECRETS) shown = shown.replace(pattern, () => { hidden++; return `[${kind} hidden]`; });
      return shown;
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
