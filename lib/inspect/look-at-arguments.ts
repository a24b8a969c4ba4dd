import { severities, type Finding } from '@/lib/protocol/decision';
import { escapeStep } from '@/lib/protocol/json-pointer';
import type { About, Detector } from './detector';
import { canaryDetector } from './detectors/canary';
import { findCanary } from './detectors/canary/find-canary';
import { egress } from './detectors/egress';
import { personalData } from './detectors/personal-data';
import { secrets } from './detectors/secrets';
import { partsOf } from './parts-of';
import { thresholdsOf, type Inspection } from './schema';
import { sharesOf } from './shares';

/** What was found, and what it comes to: a blocked value must not leave. */
export type LookedAtArguments = { worst: 'clean' | 'flagged' | 'blocked'; findings: Finding[] };
type Leaf = { text: string; path: string };

const looking: readonly Detector[] = [canaryDetector, secrets, egress, personalData];
const always = thresholdsOf({}, canaryDetector.id);
/** How much text of one action's arguments is looked at (characters): the gate waits for it. Of longer ones it looks at head and tail and says so. */
const mostLookedAt = 32 * 1024;
/** However long the others are, this much of each text is looked at. */
const leastOfEach = 256;
/** A key as long as this is no name of an argument; it is looked at like a text. */
const longestName = 32;
const deepest = 32;
const shortText = 1_024;
const longestBatch = 4_096;
const mostFindings = 50;

/**
 * Looks at every text in an action's arguments before it is decided. The session's canary must not leave, in whatever form, also
 * scattered over several arguments, whatever a bundle says of detectors; what else is seen is a finding for the rules, by the bundle's thresholds.
 */
export function lookAtArguments(args: unknown, about: About, inspection: Inspection = {}): LookedAtArguments {
  const leaves = leavesOf(args);
  const shares = sharesOf(leaves, mostLookedAt, leastOfEach);
  const { batches, cut } = batchesOf(leaves, shares);
  const findings: Finding[] = cut.map(({ path }) => ({ detector: 'inspect', kind: 'not_looked_at', severity: 'info', ...placeOf(path) }));
  let worst: LookedAtArguments['worst'] = 'clean';
  const running = looking.map((detector) => ({ detector, at: detector === canaryDetector ? always : thresholdsOf(inspection, detector.id) })).filter(({ at }) => at.on);
  for (const { text, pieces } of batches) {
    for (const { detector, at } of running) {
      for (const { kind, severity, score, span } of detector.see(text, about)) {
        if (score < at.flagAt && score < at.blockAt) continue;
        if (score >= at.blockAt) worst = 'blocked';
        else if (worst === 'clean') worst = 'flagged';
        const piece = pieces.findLast(({ at }) => at <= (span?.[0] ?? 0)) ?? pieces[0]!;
        const shift = piece.from - piece.at;
        findings.push({ detector: detector.id, kind, severity, ...placeOf(piece.leaf.path), ...(span ? { span: [span[0] + shift, Math.min(span[1] + shift, piece.leaf.text.length)] as [number, number] } : {}) });
      }
    }
  }
  const looked = { worst, findings: theMostTelling(findings) };
  return findings.some(({ detector }) => detector === canaryDetector.id) ? looked : withHiddenCanary(leaves, shares, about.canary, looked);
}

const placeOf = (path: string) => (path === '' ? {} : { path });

/** One of each kind first, so that many of one cannot push out another; the gravest of the rest. */
function theMostTelling(findings: Finding[]): Finding[] {
  if (findings.length <= mostFindings) return findings;
  const kinds = new Set<string>();
  const [first, rest]: [Finding[], Finding[]] = [[], []];
  for (const finding of findings.sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity))) {
    const kind = `${finding.detector} ${finding.kind}`;
    (kinds.has(kind) ? rest : first).push(finding);
    kinds.add(kind);
  }
  return [...first, ...rest].slice(0, mostFindings);
}

/** A stretch of a leaf and where it stands in its batch. */
type Piece = { leaf: Leaf; from: number; at: number };

/** What is looked at, short texts together: a detector costs something each time that it is asked. What had no room is `cut`. */
function batchesOf(leaves: readonly Leaf[], shares: readonly number[]): { batches: { text: string; pieces: Piece[] }[]; cut: Leaf[] } {
  const batches: { text: string; pieces: Piece[] }[] = [];
  const cut: Leaf[] = [];
  let open: { text: string; pieces: Piece[] } | undefined;
  for (const [index, leaf] of leaves.entries()) {
    const { text } = leaf;
    const share = shares[index]!;
    if (text.length > share) cut.push(leaf);
    for (const part of share > 0 ? partsOf(text, share) : []) {
      if (part.text.length > shortText) { batches.push({ text: part.text, pieces: [{ leaf, from: part.from, at: 0 }] }); continue; }
      if (!open || open.text.length > longestBatch) batches.push((open = { text: '', pieces: [] }));
      open.pieces.push({ leaf, from: part.from, at: open.text.length });
      open.text += `${part.text}\n`;
    }
  }
  return { batches, cut: cut.slice(0, 8) };
}

/** The canary in what was too long to be looked at in full, and in pieces over several texts. */
function withHiddenCanary(leaves: readonly Leaf[], shares: readonly number[], canary: string, looked: LookedAtArguments): LookedAtArguments {
  if (canary === '') return looked;
  const whole = leaves.find(({ text }) => text.includes(canary));
  const scattered = whole === undefined && leaves.length > 1 && findCanary(leaves.map(({ text }, index) => text.slice(0, shares[index])).join('\n'), canary) !== undefined;
  if (whole === undefined && !scattered) return looked;
  const finding: Finding = { detector: canaryDetector.id, kind: whole ? 'canary_leaked' : 'canary_disguised', severity: 'critical', ...(whole && whole.path !== '' ? { path: whole.path } : {}) };
  return { worst: 'blocked', findings: [finding, ...looked.findings] };
}

/** Every text in a value with the JSON Pointer to it. */
function leavesOf(value: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  const walk = (item: unknown, path: string, depth: number): void => {
    if (typeof item === 'string' && item !== '') leaves.push({ text: item, path });
    if (typeof item !== 'object' || item === null || depth > deepest) return;
    if (Array.isArray(item)) item.forEach((inner, index) => { walk(inner, `${path}/${index}`, depth + 1); });
    else {
      for (const [key, inner] of Object.entries(item)) {
        if (key.length > longestName) leaves.push({ text: key, path });
        walk(inner, `${path}/${escapeStep(key)}`, depth + 1);
      }
    }
  };
  walk(value, '', 0);
  return leaves;
}
