import { thresholdsOf, type Inspection } from '@/lib/inspect/schema';
import { own } from '../own';
import type { Leaf, ReadArguments } from '../read-arguments';
import type { History } from '../weigh';
import { outOfScale } from './magnitude';
import { MOST_SURPRISE } from './learn-values';
import type { Closed, Held } from './schema';
import { loosened, shapeOf } from './shape-of';
import * as words from './say-deviation';

/** The detector's id: a value that fits its type and not what the argument has held before. */
export const ARGUMENT_HISTORY = 'argument-history';
const VERSION = 1;
const MOST_FINDINGS = 20;
/** By which factor, told as a logarithm, amounts and lengths differ in any case. */
const AMOUNT_FLOOR = Math.log(1.25);
const LENGTH_FLOOR = Math.log(1.5);
/** From this score on somebody should look. */
const MEDIUM = 0.65;

type Deviation = { kind: 'unusual_number' | 'unusual_length' | 'unusual_form' | 'unusual_value'; score: number; say: () => string };
export type DeviationFinding = { detector: typeof ARGUMENT_HISTORY; kind: Deviation['kind']; severity: 'low' | 'medium'; path?: string; score: number; version: number };
export type Deviations = { worst: 'clean' | 'flagged' | 'blocked'; findings: DeviationFinding[]; lines: { path: string; sentence: string }[] };

const nothing: Deviations = { worst: 'clean', findings: [], lines: [] };

/**
 * Where a call's arguments deviate from what the same arguments of the tool have held, one finding a value, the surest first. An argument without a
 * history says nothing: that it is new is behaviour's to say. The sentences are for people; the agent is not told what would have passed.
 */
export function argumentDeviations(history: History, tool: string, read: ReadArguments, inspection: Inspection = {}): Deviations {
  const at = thresholdsOf(inspection, ARGUMENT_HISTORY);
  const known = history.kind === 'known' ? own(history.baseline.tools, tool) : undefined;
  if (!known || !at.on) return nothing;
  const found: { leaf: Leaf; deviation: Deviation }[] = [];
  for (const leaf of read.leaves) {
    const held = own(known.fields, leaf.path)?.held;
    const deviation = held && deviationOf(leaf, held);
    if (deviation && (deviation.score >= at.flagAt || deviation.score >= at.blockAt)) found.push({ leaf, deviation });
  }
  if (found.length === 0) return nothing;
  const told = found.sort((a, b) => b.deviation.score - a.deviation.score).slice(0, MOST_FINDINGS);
  return {
    worst: told[0]!.deviation.score >= at.blockAt ? 'blocked' : 'flagged',
    findings: told.map(({ leaf, deviation: { kind, score } }) => ({ detector: ARGUMENT_HISTORY, kind, severity: score >= MEDIUM ? 'medium' : 'low', ...(leaf.at === undefined ? {} : { path: leaf.at }), score: Math.round(score * 1_000) / 1_000, version: VERSION })),
    lines: told.flatMap(({ leaf, deviation }) => (leaf.at === undefined ? [] : [{ path: leaf.at, sentence: deviation.say() }])),
  };
}

/** What says most of one value; a being unlike its past is never proof, so that no score reaches 1. */
function deviationOf({ path, kind, number, text, domains }: Leaf, { number: numbers, length, shapes, words: few }: Held): Deviation | undefined {
  let most: Deviation | undefined;
  const add = (deviation: Deviation) => { if (deviation.score > (most?.score ?? 0)) most = deviation; };
  if (number !== undefined && numbers) {
    const beyond = outOfScale(number, numbers, AMOUNT_FLOOR);
    if (beyond > 0) add({ kind: 'unusual_number', score: 0.5 + 0.4 * (1 - 1 / beyond), say: () => words.number(path, number, numbers) });
  }
  if (text === undefined) return most;
  if (few && !few.values.includes(text)) add({ kind: 'unusual_value', score: 0.5 + 0.4 * rarity(few), say: () => words.value(path, kind === 'flag' ? text : undefined, few) });
  if (kind !== 'text') return most;
  // Among addresses another one is not another form: where it leads is what counts, and is said.
  if (shapes && !(domains.length > 0 && shapes.values.some((shape) => /@|:\/\//.test(shape)))) {
    const exact = shapeOf(text);
    const shape = exact === undefined ? undefined : loosened(exact, shapes.looseness);
    if (shape === undefined || !shapes.values.includes(shape)) add({ kind: 'unusual_form', score: 0.5 + 0.25 * rarity(shapes), say: () => words.form(path, shape, text.length, shapes) });
  }
  if (length && text.length > length.high) {
    const beyond = outOfScale(text.length, length, LENGTH_FLOOR);
    if (beyond > 0) add({ kind: 'unusual_length', score: 0.5 + 0.3 * (1 - 1 / beyond), say: () => words.length(path, text.length, length) });
  }
  return most;
}

const rarity = ({ surprise }: Closed) => 1 - Math.min(1, surprise / MOST_SURPRISE);
