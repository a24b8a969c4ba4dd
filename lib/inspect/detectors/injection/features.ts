import { bit, categories, VERB } from './categories';
import { CONTACT, signs } from './signs';
import type { Unit } from './units';
import { AT, CAPITALS, CASED, COLON, EXCLAMATION, masksOf, MIXED, QUESTION, QUOTE, scan, SLASH, type Scanned, type Word } from './words';

/** What is put together in one sentence, and means more than its parts: all of the categories of each must be there. */
const together: readonly (readonly [name: string, ...parts: (keyof typeof bit)[]])[] = [
  ['override+prompt', 'override', 'prompt'], ['override+prior', 'override', 'prior'], ['prompt+prior', 'prompt', 'prior'], ['override+prompt+prior', 'override', 'prompt', 'prior'],
  ['you+ai', 'you', 'ai'], ['you+role', 'you', 'role'], ['ai+role', 'ai', 'role'], ['you+prompt', 'you', 'prompt'], ['system+prompt', 'system', 'prompt'], ['new+prompt', 'new', 'prompt'],
  ['must+prompt', 'must', 'prompt'], ['not+tell', 'not', 'tell'], ['not+tell+user', 'not', 'tell', 'user'], ['without+tell', 'without', 'tell'], ['without+user', 'without', 'user'],
  ['you+must', 'you', 'must'], ['say+answer', 'say', 'answer'], ['say+exact', 'say', 'exact'], ['say+prompt', 'say', 'prompt'], ['answer+you', 'answer', 'you'],
  ['act+me', 'act', 'me'], ['act+sensitive', 'act', 'sensitive'], ['read+me', 'read', 'me'], ['read+sensitive', 'read', 'sensitive'], ['act+read', 'act', 'read'], ['sensitive+me', 'sensitive', 'me'],
  ['covert+act', 'covert', 'act'], ['urgent+must', 'urgent', 'must'], ['tool+must', 'tool', 'must'], ['tool+not', 'tool', 'not'], ['free+role', 'free', 'role'], ['free+you', 'free', 'you'],
  ['free+ai', 'free', 'ai'], ['ai+must', 'ai', 'must'], ['test+you', 'test', 'you'], ['test+must', 'test', 'must'], ['answer+new', 'answer', 'new'], ['you+answer+say', 'you', 'answer', 'say'],
];
const togetherMasks = together.map(([, ...parts]) => parts.reduce((mask, part) => mask | bit[part], 0));

const verbs = ['act', 'read', 'say', 'doc', 'override'] as const;
const forms = [
  'please_verb', 'order', 'orders', 'order_object', 'order_mine', 'order_contact', 'order_sensitive', 'order_short', 'order_long', 'order_after_colon', 'order_in_data', 'order_in_text', 'order_tool', 'order_prompt',
  'shouted', 'shouted_part', 'exclaims', 'quotes', 'contact', 'question', 'short', 'long', 'data', 'code', 'encoded', 'concealed', 'label', 'mixed_script', 'named_tool', 'you_twice', 'listed', 'digits', 'wordless',
] as const;
const ofText = ['text:record', 'text:markup', 'text:one_piece', 'text:few', 'text:many', 'text:very_many', 'text:orders_some', 'text:orders_most', 'text:you_some', 'text:you_most', 'text:ai', 'text:template', 'text:must_some', 'text:code'] as const;

/** The names of all features; a unit has each or has it not. */
export const featureNames: readonly string[] = [
  ...categories.map((name) => `word:${name}`), ...together.map(([name]) => `words:${name}`), ...verbs.map((name) => `order:${name}`),
  ...forms.map((name) => `form:${name}`), ...signs.map(([name]) => `sign:${name}`), ...ofText,
];
const indexOf = new Map(featureNames.map((name, i) => [name, i]));
const at = (name: string): number => indexOf.get(name)!;
const wordAt = at('word:please');
const togetherAt = at('words:override+prompt');
const signAt = at(`sign:${signs[0]![0]}`);
const verbAt = new Map(verbs.map((name) => [bit[name], at(`order:${name}`)]));
const formAt = Object.fromEntries(forms.map((name) => [name, at(`form:${name}`)])) as Record<(typeof forms)[number], number>;
const textAt = Object.fromEntries(ofText.map((name) => [name, at(name)])) as Record<(typeof ofText)[number], number>;

/** How a unit came to be: decoded out of something, or out of a place that nobody sees. */
export type Circumstances = { encoded: boolean; concealed: boolean };
/** The features that a unit has, as places in `featureNames`. */
export type UnitFeatures = { unit: Unit; features: number[]; orders: number; mask: number };

/** A sign may lie across the edge of a piece, which is cut where such signs begin. */
const AROUND = 32;
const OBJECT = new Set('the a an my your all this these those that it me him her them any every our his their us everything to up out off into'.split(' '));
const OBJECT_MASK = bit.me | bit.you | bit.prior;

/** A sign in the writing, and where it stands. */
export type Sign = { sign: number; start: number; end: number };

const MOST_OF_A_SIGN = 64;

/** Every sign in a text; the line before the first may be thought of as having ended. */
export function signsIn(text: string): Sign[] {
  const found: Sign[] = [];
  const lines = `\n${text}`;
  for (const [sign, [, pattern]] of signs.entries()) {
    let many = 0;
    for (const match of lines.matchAll(pattern)) {
      found.push({ sign, start: match.index - 1, end: match.index - 1 + match[0].length });
      if (++many >= MOST_OF_A_SIGN) break;
    }
  }
  return found;
}

/** What the whole text must hold for some features of its pieces, looked for once. */
export type Held = { www: boolean; tool: boolean };
const TOOL = /tool|function|API|plugin/;
export const heldBy = (text: string): Held => ({ www: text.includes('www.'), tool: TOOL.test(text) });

/** What can be said of one piece of a text. `around`: the signs of the text that it is of. */
export function featuresOfUnit(text: string, unit: Unit, { encoded, concealed }: Circumstances, around: readonly Sign[], held: Held): UnitFeatures {
  const piece = text.slice(unit.start, unit.end);
  const scanned = scan(piece);
  const { words, digits, holds } = scanned;
  const masks = masksOf(words);
  const features: number[] = [];
  let mask = 0;
  for (let i = 0; i < masks.length; i++) mask |= masks[i]!;
  if (mask !== 0) {
    for (let i = 0; i < categories.length; i++) if (mask & (1 << i)) features.push(wordAt + i);
    for (let i = 0; i < togetherMasks.length; i++) if ((mask & togetherMasks[i]!) === togetherMasks[i]) features.push(togetherAt + i);
  }
  for (let i = 0; i < around.length; i++) {
    const { sign, start, end } = around[i]!;
    if (start < unit.end + AROUND && end > unit.start - AROUND && !features.includes(signAt + sign)) features.push(signAt + sign);
  }

  const orders = mask & VERB ? ordersIn(piece, words, masks) : NONE;
  // An address, a link or a number: where nothing stands that one of them must have, there is none.
  const contact = (digits >= 2 || (holds & AT) !== 0 || (holds & (COLON | SLASH)) === (COLON | SLASH) || held.www) && CONTACT.test(piece);
  if (orders.length > 0) addOrders(features, orders, words, masks, mask, unit, contact);
  if (contact) features.push(formAt.contact);
  if (unit.data) features.push(formAt.data);
  if (unit.code) features.push(formAt.code);
  if (encoded) features.push(formAt.encoded);
  if (concealed) features.push(formAt.concealed);
  addShape(features, piece, scanned, masks, held);
  return { unit, features, orders: orders.length, mask };
}

function addOrders(features: number[], orders: readonly Order[], words: readonly Word[], masks: Int32Array, mask: number, unit: Unit, contact: boolean): void {
  let kinds = 0;
  for (const order of orders) kinds |= masks[order.at]! & VERB;
  for (const [verb, place] of verbAt) if (kinds & verb) features.push(place);
  features.push(formAt.order);
  if (orders.length > 1) features.push(formAt.orders);
  if (orders.some((order) => order.object)) features.push(formAt.order_object);
  if (orders.some((order) => order.polite)) features.push(formAt.please_verb);
  if (orders.some((order) => order.afterColon)) features.push(formAt.order_after_colon);
  if (mask & bit.me) features.push(formAt.order_mine);
  if (mask & bit.sensitive) features.push(formAt.order_sensitive);
  if (mask & bit.tool) features.push(formAt.order_tool);
  if (mask & bit.prompt) features.push(formAt.order_prompt);
  if (contact) features.push(formAt.order_contact);
  features.push(unit.data ? formAt.order_in_data : formAt.order_in_text);
  if (words.length <= 5) features.push(formAt.order_short);
  if (words.length >= 10) features.push(formAt.order_long);
}

type Order = { at: number; object: boolean; polite: boolean; afterColon: boolean };
const NONE: readonly Order[] = [];

/** Verbs that begin a clause: an order to whoever reads it. A word before a colon is a label, and a noun after an article is none. */
function ordersIn(piece: string, words: readonly Word[], masks: Int32Array): Order[] {
  const orders: Order[] = [];
  for (let i = 0; i < words.length; i++) {
    const mask = masks[i]!;
    if ((mask & VERB) === 0) continue;
    const word = words[i]!;
    const between = piece.slice(i === 0 ? 0 : words[i - 1]!.end, word.start);
    const before = i === 0 ? 0 : masks[i - 1]!;
    const polite = (before & bit.please) !== 0 || (i > 1 && (masks[i - 2]! & bit.please) !== 0 && (before & VERB) === 0);
    const code = word.known.text.charCodeAt(0);
    const begins = i === 0 || (before & (bit.and | bit.please | bit.urgent)) !== 0 || (code >= 0x3040 && code <= 0x9fff) || (before & bit.must) !== 0 || (between !== ' ' && CLAUSE.test(between));
    if (!begins) continue;
    const after = piece.slice(word.end, words[i + 1]?.start ?? piece.length);
    if (after !== ' ' && (/^\s{0,2}[:=]/.test(after) || /^["']\s{0,2}:/.test(after))) continue;
    const next = words[i + 1];
    orders.push({ at: i, polite, object: next !== undefined && ((masks[i + 1]! & OBJECT_MASK) !== 0 || OBJECT.has(next.known.text)), afterColon: between !== ' ' && /:\s/.test(between) });
  }
  return orders;
}

/** How it is written. */
function addShape(features: number[], piece: string, { words, digits, holds }: Scanned, masks: Int32Array, held: Held): void {
  let capitals = 0;
  let cased = 0;
  let mixed = false;
  for (let i = 0; i < words.length; i++) {
    const { writing } = words[i]!.known;
    if (writing & CAPITALS) capitals++;
    if (writing & CASED) cased++;
    if (writing & MIXED) mixed = true;
  }
  if (cased >= 4 && capitals >= cased * 0.6) features.push(formAt.shouted);
  else if (capitals >= 2 && cased > capitals) features.push(formAt.shouted_part);
  if (holds & EXCLAMATION && /!{1,8}\s{0,2}$|!!/.test(piece)) features.push(formAt.exclaims);
  if (holds & QUOTE && /["“'«][^"”'»]{6,200}["”'»]/.test(piece)) features.push(formAt.quotes);
  if (holds & QUESTION && /\?\s{0,3}$/.test(piece)) features.push(formAt.question);
  if (words.length <= 3) features.push(formAt.short);
  if (words.length >= 30) features.push(formAt.long);
  if (holds & COLON && /^\s{0,4}[^\s:]{1,30}:\s?\S/.test(piece)) features.push(formAt.label);
  if (mixed) features.push(formAt.mixed_script);
  if (held.tool && NAMED_TOOL.test(piece)) features.push(formAt.named_tool);
  let yous = 0;
  for (let i = 0; i < masks.length; i++) if (masks[i]! & bit.you) yous++;
  if (yous >= 2) features.push(formAt.you_twice);
  if (/^\s{0,6}(?:[-*•]|\d{1,2}[.)])\s/.test(piece)) features.push(formAt.listed);
  if (digits > piece.length * 0.3) features.push(formAt.digits);
  if (words.length === 0) features.push(formAt.wordless);
}

const CLAUSE = /[:;,!?>*"'“«([\]–—-]/;
const NAMED_TOOL = /["'`“][A-Z][A-Za-z_]{3,40}["'`”]\s{0,2}(?:tool|function|API|plugin)|\b[A-Z][a-z]{2,20}(?:[A-Z][a-z]{2,20}){1,5}\b(?=["'`]?\s{0,2}(?:tool|function|API))/;

/** What can be said of the whole text; every unit of it has these too. */
export function featuresOfText(text: string, units: readonly UnitFeatures[]): number[] {
  const features: number[] = [];
  const has = (name: (typeof ofText)[number]) => features.push(textAt[name]);
  const prose = units.filter(({ unit, mask, features: own }) => !unit.code && (mask !== 0 || own.length > 0));
  const share = (some: (unit: UnitFeatures) => boolean) => prose.filter(some).length / Math.max(1, prose.length);
  if (units[0]?.unit.data) has('text:record');
  if (/^#{1,6} \S/m.test(text) || /\]\([^)\s]{1,200}\)/.test(text)) has('text:markup');
  if (units.some(({ unit }) => unit.code)) has('text:code');
  has(units.length <= 1 ? 'text:one_piece' : units.length <= 6 ? 'text:few' : units.length <= 40 ? 'text:many' : 'text:very_many');
  const orders = share((unit) => unit.orders > 0);
  if (orders >= 0.5) has('text:orders_most');
  else if (orders >= 0.2) has('text:orders_some');
  const you = share(({ mask }) => (mask & bit.you) !== 0);
  if (you >= 0.4) has('text:you_most');
  else if (you >= 0.15) has('text:you_some');
  if (share(({ mask }) => (mask & bit.must) !== 0) >= 0.2) has('text:must_some');
  if (units.some(({ mask }) => (mask & bit.ai) !== 0)) has('text:ai');
  if (units.some(({ features: own }) => own.includes(signAt))) has('text:template');
  return features;
}
