import type { Finding } from '@/lib/protocol/decision';
import { redactText } from './redact';

export type Looked = { verdict: 'clean' | 'flagged' | 'blocked'; findings: Finding[]; shown: unknown };

const MOST_FINDINGS = 50;

/**
 * Looks at a text, or at every text in a value, before somebody reads it: what looks like a secret is hidden and flagged,
 * the session's own canary blocks all of it. The shape of a value stays.
 */
export function lookAtText(value: unknown, canary: string): Looked {
  const findings: Finding[] = [];
  const look = (item: unknown, path: string, depth: number): unknown => {
    if (typeof item === 'string') return lookAtLeaf(item, path);
    if (typeof item !== 'object' || item === null || depth > 32) return item;
    if (Array.isArray(item)) return item.map((inner, index) => look(inner, `${path}/${index}`, depth + 1));
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, look(inner, `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1)]));
  };
  const lookAtLeaf = (text: string, path: string): string => {
    const at = text.indexOf(canary);
    const place = path === '' ? {} : { path };
    if (at >= 0) findings.unshift({ detector: 'canary', kind: 'canary_leaked', severity: 'critical', ...place, span: [at, at + canary.length] });
    // One character beyond the text's own length: nothing is cut, only what is secret is replaced.
    const shown = redactText(text, text.length + 1);
    if (shown !== text) findings.push({ detector: 'secrets', kind: 'secret', severity: 'high', ...place });
    return shown;
  };
  const shown = look(value, '', 0);
  const blocked = findings.some((finding) => finding.detector === 'canary');
  return { verdict: blocked ? 'blocked' : findings.length > 0 ? 'flagged' : 'clean', findings: findings.slice(0, MOST_FINDINGS), shown: blocked ? null : shown };
}
