import type { Severity } from '@/lib/protocol/decision';
import type { Sighting } from '../../detector';
import type { Part } from '../../parts-of';
import { bit, VERB } from './categories';
import { CONTACT } from './signs';
import type { Piece } from './score';

/** Words that mean a machine and nobody else, and words that may mean a person as well. */
const SURE = "(?:(?:ai|a\\.i\\.|llm|automated|virtual|language|ki|ia|sprach)[- ](?:agent|assistant|model|bot|system|assistent|modell|modelo|modèle|modello|agente|asistente|assistente)|ai|a\\.i\\.|llm|chatbot|language model|copilot|ki|ии)s?";
const EITHER = '(?:assistant|agent|bot|assistent|agente|asistente|assistente|ассистент|агент)s?';
const WORDS = '(?:[\\p{L}-]{1,16} ){0,2}';

/** Text that turns to a machine as its reader: no letter, ticket or page has reason to, unless it wants something of it. */
const turnsTo = (who: string): RegExp[] => [
  `(?:if|since|as|because|when) you(?:'re| are) (?:an? |the |reading this as an? )?${WORDS}${who}`,
  `(?:note|message|notice|instructions?|attention|memo|reminder|directive) (?:to|for) (?:any |all |the |an? |our |your |whichever |every )?${WORDS}${who}`,
  `(?:dear|hello|hi|hey|attention|attn)[,:]? (?:any |all |the )?${who}(?=[,:!. ])`,
  `(?:any |the |every )?${who} (?:that |which |who )?(?:is |are )?(?:reading|handling|processing|summari[sz]ing|parsing|answering|sorting|triaging) (?:this|the)(?!\\p{L})`,
  `(?:wenn du|falls du|wenn sie|si tu es|si vous êtes|si eres|si usted es|se sei|se você é|если ты|если вы) ${WORDS}${who}`,
  `(?:hinweis|anweisung|nachricht|note|message|nota|mensaje|istruzioni|instruções|сообщение|инструкция) (?:an|für|pour|à|al?|para|per|ao?|для) (?:den |die |das |el |la |il |l'|le |o )?${WORDS}${who}`,
].map((pattern) => new RegExp(`(?<!\\p{L})${pattern}(?!\\p{L})`, 'giu'));

/** Below "beyond doubt": a page about assistants may quote such a sentence. Who may be a person as well is flagged, and no more. */
const turns: readonly { patterns: readonly RegExp[]; score: number; severity: Severity }[] = [{ patterns: turnsTo(SURE), score: 0.92, severity: 'high' }, { patterns: turnsTo(EITHER), score: 0.7, severity: 'medium' }];

/** The last word of every one of these. A text has few of them, and only what is around one is held against the patterns. */
const ANCHOR = /(?:agente?|assistant|assistente?|asistente|bot|modell?o?|modèle|system|llm|copilot|a\.i\.|ии|агент|ассистент)s?(?!\p{L})|(?<!\p{L})[ak]is?(?!\p{L})/giu;
/** Longer than what any pattern takes before such a word, and after it. */
const BEFORE = 160;
const AFTER = 64;

/** How far from where it turns to the machine, or says that nobody is to hear of it, what it wants may stand (UTF-16 units). */
const REACH = 600;
const COVERT_SCORE = 0.92;
/** Colleagues write to each other what a customer is not to see: flagged, and no more. */
const KEPT_SCORE = 0.7;
const KEPT = /(?<!\p{L})(?:do not|don't|dont|never|not to be|must not be|should not be) (?:show|shown|display|displayed|expose|exposed|forward|forwarded|pass(?:ed)? on|visible)(?: (?:this|that|it|any of (?:this|it)))? to (?:the |your |any |our )?(?:customer|client|user|human|owner|sender|requester|person|people|anybody|anyone)s?(?!\p{L})/giu;
const MOST = 3;

/** What a text says to a machine that reads it, with an order near by. */
export function addressedIn(text: string, pieces: readonly Piece[]): Sighting[] {
  const sightings: Sighting[] = [];
  const orders = pieces.filter((piece) => piece.how === undefined && piece.orders > 0 && (piece.mask & VERB) !== 0);
  if (orders.length === 0) return sightings;
  const stretches = stretchesOf(text);
  if (stretches.length === 0) return sightings;
  const near = (from: number, to: number) => orders.find(({ span }) => span[1] >= from && span[0] <= to + REACH);
  for (const { patterns, score, severity } of turns) {
    for (const pattern of patterns) {
      for (const stretch of stretches) {
        for (const { index, 0: found } of stretch.text.matchAll(pattern)) {
          const start = stretch.from + index;
          const order = near(start, start + found.length);
          if (order) sightings.push({ kind: 'addressed_to_machine', severity, score, span: [start, Math.max(order.span[1], start + found.length)] });
          if (sightings.length >= MOST) return sightings;
        }
      }
    }
    // Once it is sure, what may be is no news.
    if (sightings.length > 0) break;
  }
  return sightings;
}

/** What is around the words that may mean a machine; what overlaps is one. No match begins where a stretch does, as it would be too far from its word. */
function stretchesOf(text: string): Part[] {
  const spans: [start: number, end: number][] = [];
  for (const { index, 0: word } of text.matchAll(ANCHOR)) {
    const start = Math.max(0, index - BEFORE);
    const end = Math.min(text.length, index + word.length + AFTER);
    const last = spans.at(-1);
    if (last && start <= last[1]) last[1] = end;
    else spans.push([start, end]);
  }
  return spans.map(([start, end]) => ({ text: text.slice(start, end), from: start }));
}

/** What models' templates mark a speaker's turn with; a token of no turn ("end of text") is in many pages about models. */
const TURN = /<\|(?:im_start|start_header_id|system|user|assistant)\|>|\[INST\]|<<SYS>>|<start_of_turn>/gi;
const TURN_REACH = 200;
const TURN_SCORE = 0.85;

/** A turn of somebody's that begins within data, and an order in it: whoever writes such a token in a text means a machine to read it. */
export function turnsIn(text: string, pieces: readonly Piece[]): Sighting[] {
  if (!text.includes('<') && !text.includes('[')) return [];
  for (const { index, 0: token } of text.matchAll(TURN)) {
    const end = index + token.length;
    const order = pieces.find(({ how, orders, unit, span }) => how === undefined && !unit.code && orders > 0 && span[1] > end && span[0] <= end + TURN_REACH);
    if (order) return [{ kind: 'fake_role', severity: 'high', score: TURN_SCORE, span: [index, Math.max(end, order.span[1])] }];
  }
  return [];
}

/** An order that sends something somewhere, and beside it that nobody is to hear of it. */
export function covertIn(text: string, pieces: readonly Piece[]): Sighting[] {
  const silent = pieces.filter(({ how, mask }) => how === undefined && (mask & bit.tell) !== 0 && (mask & (bit.not | bit.without)) !== 0);
  for (const one of silent) {
    const order = sending(text, pieces, one.span[0]);
    if (order) return [{ kind: 'covert_request', severity: 'high', score: COVERT_SCORE, span: [Math.min(order.span[0], one.span[0]), Math.max(order.span[1], one.span[1])] }];
  }
  for (const { index, 0: kept } of text.matchAll(KEPT)) {
    const end = index + kept.length;
    const order = sending(text, pieces, index);
    if (order) return [{ kind: 'covert_request', severity: 'medium', score: KEPT_SCORE, span: [Math.min(order.span[0], index), Math.max(order.span[1], end)] }];
  }
  return [];
}

/** An order near by that names where something goes. */
const sending = (text: string, pieces: readonly Piece[], at: number) => pieces.find(({ how, orders, mask, span }) => how === undefined && orders > 0 && (mask & bit.act) !== 0 && Math.abs(span[0] - at) <= REACH && CONTACT.test(text.slice(span[0], span[1])));
