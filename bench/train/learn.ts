import { best, logit, type Model, type TakenApart } from '@/lib/inspect/detectors/injection/score';
import { featureNames } from '@/lib/inspect/detectors/injection/features';

/** A text to learn from. `weight`: how much it counts, so that a source of many texts does not drown one of few. */
export type Lesson = { apart: TakenApart; hostile: boolean; weight: number };

const ROUNDS = 60;
const RATE = 0.06;
const PLAIN_SIGN = 0.5;

/**
 * Logistic regression over the piece of each text that looks most like an instruction (of a hostile text we know only that one of
 * its pieces is). Starts at `from` and is drawn back to it by `pull`: what the lessons say nothing about stays as it was thought to be.
 */
export function learn(lessons: readonly Lesson[], from: Model, pull = 0.002): Model {
  const model: Model = { bias: from.bias, weights: Float64Array.from(from.weights) };
  const scale = lessons.length / lessons.reduce((sum, { weight }) => sum + weight, 0);
  const order = lessons.map((_, i) => i);
  let state = 12345;
  const random = () => { state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff; return state / 0x7fffffff; };
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = order.length - 1; i > 0; i--) { const j = Math.floor(random() * (i + 1)); [order[i], order[j]] = [order[j]!, order[i]!]; }
    const rate = RATE / (1 + round / 12);
    for (const i of order) {
      const { apart, hostile, weight } = lessons[i]!;
      const { piece } = best(model, apart);
      if (!piece) continue;
      const says = 1 / (1 + Math.exp(-logit(model, piece.features, apart.shared)));
      const step = rate * Math.min(6, weight * scale) * ((hostile ? 1 : 0) - says);
      model.bias += step * 0.5;
      for (const f of piece.features) model.weights[f]! += step;
      for (const f of apart.shared) model.weights[f]! += step * 0.3;
    }
    const drawn = 1 - (1 - pull) ** (lessons.length / 500);
    for (let f = 0; f < featureNames.length; f++) {
      model.weights[f]! += (from.weights[f]! - model.weights[f]!) * drawn * (rate / RATE);
      // What is a sign by its nature is not unlearned because one source happens to hold it in what is harmless.
      if (from.weights[f]! >= PLAIN_SIGN) model.weights[f] = Math.max(model.weights[f]!, from.weights[f]! / 2);
    }
  }
  return model;
}

/** The sum of weights that at most `share` of these texts exceed. */
export function logitAtShare(model: Model, texts: readonly TakenApart[], share: number): number {
  const sums = texts.map((apart) => { const { piece } = best(model, apart); return piece ? logit(model, piece.features, apart.shared) : -20; }).sort((a, b) => b - a);
  return (sums[Math.floor(sums.length * share)] ?? -20) + 0.02;
}
