import { decodedIn, type Decoded } from './decode';
import { featureNames, featuresOfText, featuresOfUnit, heldBy, signsIn, type Circumstances, type UnitFeatures } from './features';
import { concealment } from './signs';
import { unitsOf } from './units';

/** A linear model over the features: a weight each, by name. */
export type Model = { bias: number; weights: Float64Array };
/** A text taken apart: its pieces with their features, and what they all share. `span` is where a piece stands in the text that was given. */
export type Piece = UnitFeatures & { span: [start: number, end: number]; how: string | undefined };
export type TakenApart = { pieces: Piece[]; shared: number[] };

/** A field that is longer is a document in a wrapping, as many tools hand them over. */
const LONGEST_FIELD = 400;
/** Of more the longest are looked at: what tells somebody to do something is not written in two letters. */
const MOST_PIECES = 1_000;

export function modelOf(bias: number, named: Readonly<Record<string, number>>): Model {
  return { bias, weights: Float64Array.from(featureNames, (name) => (Object.hasOwn(named, name) ? named[name]! : 0)) };
}

const PLAIN: Circumstances = { encoded: false, concealed: false };
const CONCEALED: Circumstances = { encoded: false, concealed: true };

/** Takes a text apart, and with it what is encoded or concealed in it. */
export function takeApart(text: string, field = false): TakenApart {
  const pieces: Piece[] = [];
  const all = unitsOf(text, field && text.length <= LONGEST_FIELD);
  const units = all.length <= MOST_PIECES ? all : [...all].sort((a, b) => b.end - b.start - (a.end - a.start)).slice(0, MOST_PIECES);
  const concealed = concealedIn(text);
  const signs = signsIn(text);
  const held = heldBy(text);
  for (const unit of units) {
    const hidden = concealed.length > 0 && concealed.some(([start, end]) => unit.start >= start && unit.start < end);
    const { features, orders, mask } = featuresOfUnit(text, unit, hidden ? CONCEALED : PLAIN, signs, held);
    pieces.push({ unit, features, orders, mask, span: [unit.start, unit.end], how: undefined });
  }
  const shared = featuresOfText(text, pieces);
  for (const decoded of decodedIn(text)) pieces.push(...piecesOf(decoded));
  return { pieces, shared };
}

/** The pieces of something decoded, and once more of what is decoded out of that; all stand where the code stands. */
export function piecesOf({ text, how, span }: Decoded, around: Circumstances = { encoded: true, concealed: false }, deep = 1): Piece[] {
  const signs = signsIn(text);
  const held = heldBy(text);
  const own: Piece[] = unitsOf(text).slice(0, 200).map((unit) => ({ ...featuresOfUnit(text, unit, around, signs, held), span, how }));
  if (deep > 0) for (const inner of decodedIn(text)) own.push(...piecesOf({ ...inner, span, how: `${how}, ${inner.how}` }, around, deep - 1));
  return own;
}

/** How likely it is that a piece tells whoever reads it what to do, from 0 to 1. */
export function scoreOf(model: Model, piece: Pick<Piece, 'features'>, shared: readonly number[]): number {
  return 1 / (1 + Math.exp(-logit(model, piece.features, shared)));
}

export function logit({ bias, weights }: Model, own: readonly number[], shared: readonly number[]): number {
  let sum = bias;
  for (const i of own) sum += weights[i]!;
  for (const i of shared) sum += weights[i]!;
  return sum;
}

export function best(model: Model, { pieces, shared }: TakenApart): { score: number; piece: Piece | undefined } {
  let top: Piece | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const piece of pieces) {
    const sum = logit(model, piece.features, shared);
    if (sum > most) { most = sum; top = piece; }
  }
  return { score: top ? 1 / (1 + Math.exp(-most)) : 0, piece: top };
}

const CONCEALED_REACH = 600;
/** Without these there is nothing of it: cheap to ask, as nothing stands before what is looked for. */
const COMMENT = /<!--|\[\/\/\]:|\/\*|%%/;
const STYLE = /:\s{0,2}(?:none|hidden|[01]|-\d{3}|#fff|white|transparent|rgb)/i;
function concealedIn(text: string): [number, number][] {
  const spans: [number, number][] = [];
  for (const [name, pattern] of concealment) {
    if (!(name === 'comment' ? COMMENT : STYLE).test(text)) continue;
    let from = 0;
    while (spans.length < 32) {
      const at = text.slice(from).search(pattern);
      if (at < 0) break;
      const start = from + at;
      const closing = text.indexOf(name === 'comment' ? '-->' : '</', start + 4);
      const end = closing < 0 ? start + CONCEALED_REACH : Math.min(closing, start + CONCEALED_REACH);
      spans.push([start, end]);
      from = Math.max(end, start + 4);
    }
  }
  return spans;
}

/** What of a sentence weighs most, as a kind that a person understands. */
export function kindOf(model: Model, piece: Piece): string {
  if (piece.how !== undefined) return 'encoded_instruction';
  const weight = new Map(kinds.map(([kind]) => [kind, 0]));
  for (const i of piece.features) for (const [kind, parts] of kindFeatures) if (parts.has(i)) weight.set(kind, weight.get(kind)! + Math.max(0, model.weights[i]!));
  return [...weight].reduce((top, one) => (one[1] > top[1] ? one : top), ['instruction', 0.4] as [string, number])[0];
}

const kinds: readonly (readonly [kind: string, belongs: RegExp])[] = [
  ['override', /override|prior|words:(?:must|new|say|system|you)\+prompt|word:prompt|order_prompt/],
  ['fake_role', /sign:(?:template|speaker|data_end|tool_call|heading)/],
  ['role_play', /role|free|word:ai|you\+ai/],
  ['secrecy', /covert|tell|without/],
  ['action_request', /order:(?:act|read)|order_(?:mine|contact|sensitive|tool)|act\+|read\+|named_tool|please_verb/],
  ['answer_request', /order:say|say\+|answer|exact|active_markup|picture_leak|placeholder/],
  ['concealed_instruction', /concealed|mixed_script/],
];
const kindFeatures = kinds.map(([kind, belongs]) => [kind, new Set(featureNames.flatMap((name, i) => (belongs.test(name) ? [i] : [])))] as const);

