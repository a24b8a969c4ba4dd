import { severities, type Finding } from '@/lib/protocol/decision';
import { escapeStep } from '@/lib/protocol/json-pointer';
import type { About } from './detector';
import { detectors } from './detectors';
import { hideIn } from './redact';
import { runDetectors, type Leaf } from './run-detectors';
import type { Inspection } from './schema';

export type Looked = { verdict: 'clean' | 'flagged' | 'blocked'; findings: Finding[]; shown: unknown };

const MOST_FINDINGS = 50;

/**
 * Looks at a text, or at every text in a value, before somebody reads it: what looks like a secret is hidden and flagged,
 * the session's own canary blocks all of it, and every detector says what it sees. The shape of a value stays.
 */
export function lookAtText(value: unknown, about: About, inspection: Inspection = {}): Looked {
  const findings: Finding[] = [];
  const leaves: Leaf[] = [];
  const look = (item: unknown, path: string, depth: number): unknown => {
    if (typeof item === 'string') return lookAtLeaf(item, path);
    if (typeof item !== 'object' || item === null || depth > 32) return item;
    if (Array.isArray(item)) return item.map((inner, index) => look(inner, `${path}/${index}`, depth + 1));
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, look(inner, `${path}/${escapeStep(key)}`, depth + 1)]));
  };
  const lookAtLeaf = (text: string, path: string): string => {
    leaves.push({ text, path });
    const at = text.indexOf(about.canary);
    const place = path === '' ? {} : { path };
    if (at >= 0) findings.unshift({ detector: 'canary', kind: 'canary_leaked', severity: 'critical', ...place, span: [at, at + about.canary.length] });
    const { shown, hidden } = hideIn(text);
    if (hidden > 0) findings.push({ detector: 'secrets', kind: 'secret', severity: 'high', ...place });
    return shown;
  };
  const shown = look(value, '', 0);
  const seen = runDetectors(leaves, about, inspection, detectors);
  const blocked = seen.worst === 'blocked' || findings.some((finding) => finding.detector === 'canary');
  const flagged = seen.worst === 'flagged' || findings.length > 0;
  // The canary as it is was looked for in all of the text already.
  findings.push(...seen.findings.filter((one) => one.detector !== 'canary' || !findings.some((other) => other.kind === one.kind && other.path === one.path)));
  // A sort keeps the order of equals, so that what was found first is told first; what did not fit is the least.
  findings.sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
  return { verdict: blocked ? 'blocked' : flagged ? 'flagged' : 'clean', findings: findings.slice(0, MOST_FINDINGS), shown: blocked ? null : shown };
}
