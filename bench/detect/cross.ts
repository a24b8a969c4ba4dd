import { addressedIn, covertIn, turnsIn } from '@/lib/inspect/detectors/injection/addressed';
import { fold } from '@/lib/inspect/detectors/injection/fold';
import { hiddenIn } from '@/lib/inspect/detectors/injection/hidden';
import { best, modelOf, takeApart, type Model, type TakenApart } from '@/lib/inspect/detectors/injection/score';
import { learn, logitAtShare, type Lesson } from '../train/learn';
import { hostile, ordinary } from '../train/own-texts';
import { prior } from '../train/prior';
import { familyOf, type TextRow } from './rows';

/** A text as the model sees it, taken apart once for all that is learned with and without it. */
export type Case = { row: TextRow; family: string; apart: TakenApart; ruled: boolean };

/** How many of the benign texts that were learned from may lie above the threshold: a quarter of what is aimed at, since unseen ones score higher. */
const SHARE_ABOVE = 0.0025;
/** Of fewer texts no quantile says anything. */
const LEAST_FOR_THRESHOLD = 60;

export function casesOf(rows: readonly TextRow[]): Case[] {
  return rows.map((row) => {
    const folded = fold(row.text).text;
    const apart = takeApart(folded);
    // What the detector tells by rule, beside what the model weighs.
    const ruled = [...hiddenIn(row.text), ...addressedIn(folded, apart.pieces), ...covertIn(folded, apart.pieces), ...turnsIn(folded, apart.pieces)].some(({ score }) => score >= 0.5);
    return { row, family: familyOf(row.source), apart, ruled };
  });
}

const own = (): Case[] => casesOf([...ordinary.map((text, i) => own1(text, false, i)), ...hostile.map((text, i) => own1(text, true, i))]);
const own1 = (text: string, isHostile: boolean, i: number): TextRow => ({ id: `own-${isHostile}-${i}`, source: 'own', hostile: isHostile, channel: 'tool_result', text });

/** Learns from these cases and from texts of our own, weights and threshold. Every source counts the same, however many texts it has. */
export function modelFrom(cases: readonly Case[]): Model {
  const all = [...cases, ...own()];
  const counts = new Map<string, number>();
  const group = ({ family, row }: Case) => `${family} ${row.hostile}`;
  for (const one of all) counts.set(group(one), (counts.get(group(one)) ?? 0) + 1);
  // A source of thirty texts is heard, but not thirty times as loud as one of a thousand.
  const lessons: Lesson[] = all.map((one) => ({ apart: one.apart, hostile: one.row.hostile, weight: (one.family === 'own' ? 2 : 1) / Math.sqrt(counts.get(group(one))!) }));
  const model = learn(lessons, modelOf(prior.bias, prior.weights));
  const benign = new Map<string, TakenApart[]>();
  for (const one of all) if (!one.row.hostile) (benign.get(one.family) ?? benign.set(one.family, []).get(one.family)!).push(one.apart);
  const edges = [...benign.values()].filter((some) => some.length >= LEAST_FOR_THRESHOLD).map((some) => logitAtShare(model, some, some.length < 400 ? 0.02 : SHARE_ABOVE));
  return { bias: model.bias - Math.max(...edges, -20), weights: model.weights };
}

export const isFlagged = (model: Model, { apart, ruled }: Case): boolean => ruled || best(model, apart).score >= 0.5;

/** For each family of sources what a model says that has never seen any of it: neither to learn from nor to set the threshold by. */
export function leaveOneOut(cases: readonly Case[], always: readonly Case[]): Map<Case, boolean> {
  const said = new Map<Case, boolean>();
  for (const family of new Set(cases.map((one) => one.family))) {
    const model = modelFrom([...cases.filter((one) => one.family !== family), ...always]);
    for (const one of cases) if (one.family === family) said.set(one, isFlagged(model, one));
  }
  return said;
}
