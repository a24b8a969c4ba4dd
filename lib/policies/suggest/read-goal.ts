import { doingOf, verbOf, type Act } from './acts';
import { subject, vague } from './subjects';
import { plain } from './words';

/** What can be known of a goal from its words alone. */
export type Goal = {
  /** No goal at all: a starter policy for the tools alone. */
  none: boolean;
  /** What it asks to be done, and with which words. */
  asks: ReadonlyMap<Act, ReadonlySet<string>>;
  /** What it says must not be done. */
  refuses: ReadonlySet<Act>;
  /** Every word in it, as a key for comparing; names of hosts and addresses are not words. */
  subjects: ReadonlySet<string>;
  /** Services that it names by "on X", "in my X". */
  services: ReadonlySet<string>;
  /** What hosts and addresses are made of. */
  hostWords: ReadonlySet<string>;
  /** It hands the deciding on to a text ("do what the ticket says"). */
  delegates: boolean;
  /** It only wants to know something. */
  onlyReads: boolean;
  literals: Literals;
};
/** What stands in the goal word for word and may therefore be an argument. */
export type Literals = { numbers: ReadonlySet<number>; emails: ReadonlySet<string>; hosts: ReadonlySet<string>; urls: ReadonlySet<string>; short: ReadonlySet<string>; /** Words too short to be traced. */ bits: ReadonlySet<string>; files: boolean };

const longest = 20_000;
const mostBits = 200;
const set = (text: string): ReadonlySet<string> => new Set(text.split(' '));
/** After these stands a verb. */
const beforeVerb = set('to please kindly you and then or also just now must should will would can could let lets not by help me first next finally afterwards otherwise i we so if once after before while');
/** After a verb stands one of these, where the word could be a noun as well. */
const afterVerb = set('a an the my our your his her its their this that these those all any each every me us him it them everyone everybody both some one two three no new another what which who whom whether how if for up out down off on through over');
const determiners = set('a an the my our your his her its their this that these those any some each every no of in on at for from with by about into latest recent last first next new most unread upcoming another');
const negations = set("don't dont not never without avoid cannot won't shouldn't mustn't neither nor no");
const light = set('make makes making place do doing perform issue process set schedule arrange submit initiate request need want start create give write send put get have complete execute carry draft compose');
const fillers = set('hi hello hey ok okay thanks well so please kindly dear agent assistant great also then next finally first now');
const questions = set('what when where who which why how is are was were do does did has have can could would any');
const spelled = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const months = set('january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday i');

type Token = { word: string; raw: string; starts: boolean; comma: boolean };

/** Reads a goal. Linear in its length; what is over 20,000 characters is not read. */
export function readGoal(goal: string | undefined): Goal {
  const text = plain((goal ?? '').slice(0, longest));
  const literals = literalsOf(text);
  const bare = text.replace(/\bhttps?:\/\/[^\s"'`<>]{1,2000}/gi, ' ').replace(/[^\s@"'`<>,;()]{1,100}@[^\s@"'`<>,;()]{1,200}/g, ' ').replace(/\bwww\.[^\s"'`<>,]{1,200}/gi, ' ');
  const tokens = tokensOf(bare);
  const asks = new Map<Act, Set<string>>();
  const refuses = new Set<Act>();
  const services = new Set<string>();
  let delegates = false;
  tokens.forEach((token, at) => {
    const act = actAt(tokens, at);
    if (act !== undefined) {
      if (negated(tokens, at)) refuses.add(act);
      else (asks.get(act) ?? asks.set(act, new Set()).get(act)!).add(token.word);
    }
    if (handsOn(tokens, at)) delegates = true;
    if (namesService(tokens, at)) services.add(token.word);
  });
  const subjects = new Set(tokens.map(({ word }) => subject(word)));
  if (literals.emails.size > 0) subjects.add(subject('email'));
  if (literals.urls.size > 0 || literals.hosts.size > 0) subjects.add(subject('website'));
  if (/[$€£¥]\s?\d|\d\s?(?:usd|eur|gbp|chf|dollars?|euros?|pounds?|bucks|bitcoins?|btc|eth)(?![\p{L}])/iu.test(text)) subjects.add(subject('money'));
  if (literals.files) subjects.add(subject('file'));
  const hostWords = new Set([...literals.hosts, ...literals.emails].flatMap((host) => host.split(/[^a-z0-9]+/)).filter((part) => part.length > 2).map(subject));
  const onlyReads = !delegates && (asks.size === 0 ? tokens.some(({ word, starts }) => starts && questions.has(word)) : [...asks.keys()].every((act) => act === 'read'));
  return { none: text.trim() === '', asks, refuses, subjects, services, hostWords, delegates, onlyReads, literals };
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let starts = true;
  let comma = false;
  for (const [piece] of text.matchAll(/[\p{L}\d]+(?:['’-][\p{L}\d]+){0,4}|[.!?;:\n,()"“”'`]/gu)) {
    if (/^[.!?;:\n(]$/.test(piece)) { starts = true; continue; }
    if (!/^[\p{L}\d]/u.test(piece)) { if (piece === ',') comma = true; continue; }
    const word = piece.toLowerCase().replace(/[’']s$/, '').replaceAll('’', "'");
    // "e-mail" is one word; other joined words are two to anybody who compares.
    const parts = word === 'e-mail' || word === 'e-mails' ? ['email'] : word.includes('-') ? word.split('-') : [word];
    parts.forEach((part, index) => { if (part !== '') tokens.push({ word: part, raw: piece, starts: starts && index === 0, comma: comma && index === 0 }); });
    starts = fillers.has(word) && starts;
    comma = false;
  }
  return tokens;
}

/** What is asked for at this place, if this word asks for anything. */
function actAt(tokens: readonly Token[], at: number): Act | undefined {
  const { word, starts, comma } = tokens[at]!;
  const before = tokens[at - 1]?.word;
  const after = tokens[at + 1];
  const verb = verbOf(word);
  if (verb) {
    const heldAsNoun = before !== undefined && !starts && determiners.has(before) && !(word.endsWith('ing') && before === 'by');
    if (!verb.alsoNoun) return heldAsNoun && doingOf(word) === undefined ? undefined : heldAsNoun ? asked(tokens, at) : verb.act;
    const place = starts || comma || (before !== undefined && beforeVerb.has(before));
    if (place && !heldAsNoun && after !== undefined && !after.starts && (afterVerb.has(after.word) || startsThing(after))) return verb.act;
  }
  return asked(tokens, at);
}

/** A proper name, a number, or a plain thing: something that a verb may be about. */
const startsThing = ({ word, raw }: Token): boolean => /^[\p{Lu}\d]/u.test(raw) || (!determiners.has(word) && !beforeVerb.has(word) && !['history', 'list', 'messages', 'details', 'status', 'is', 'are', 'was', 'were', 'that'].includes(word));

/** "make a payment", "I need a refund": a doing that is asked for as a thing. */
function asked(tokens: readonly Token[], at: number): Act | undefined {
  const act = doingOf(tokens[at]!.word);
  if (act === undefined || act === 'manage') return undefined;
  for (let back = at - 1; back >= Math.max(0, at - 4); back -= 1) {
    const { word } = tokens[back]!;
    if (light.has(word)) {
      // "Get the email" wants to have it; "I need the reservation" too. Only what is indefinite is to be made.
      const made = tokens.slice(back + 1, at).every(({ word: between }) => !['the', 'my', 'our', 'his', 'her', 'their', 'any', 'all', 'latest', 'last', 'recent', 'about', 'from', 'of', 'in'].includes(between));
      const fetches = ['get', 'have', 'need', 'want', 'give', 'request'].includes(word);
      return made && (!fetches || tokens[back + 1]?.word === 'a' || tokens[back + 1]?.word === 'an') && at - back > 1 ? act : undefined;
    }
    if (tokens[back]!.starts) break;
  }
  return undefined;
}

function negated(tokens: readonly Token[], at: number): boolean {
  for (let back = at; back > Math.max(0, at - 5); back -= 1) {
    if (tokens[back]!.starts) return false;
    if (negations.has(tokens[back - 1]!.word)) return true;
    if (['but', 'then', 'please', 'instead'].includes(tokens[back - 1]!.word) || tokens[back]!.comma) return false;
  }
  return false;
}

const doers = set('do follow perform complete execute handle finish address resolve process tackle');
const orders = set('task tasks instruction instructions action actions step steps todo todos request requests everything whatever');
function handsOn(tokens: readonly Token[], at: number): boolean {
  if (!doers.has(tokens[at]!.word) || verbOf(tokens[at + 1]?.word ?? '')) return false;
  return tokens.slice(at + 1, at + 7).some(({ word, starts }) => !starts && orders.has(word));
}

function namesService(tokens: readonly Token[], at: number): boolean {
  const { word, raw, starts } = tokens[at]!;
  const before = tokens[at - 1]?.word;
  return !starts && before !== undefined && ['on', 'via', 'using', 'my'].includes(before) && /^\p{Lu}/u.test(raw) && !/[’']s$/.test(raw) && !months.has(word) && !vague.has(subject(word));
}

function literalsOf(text: string): Literals {
  const numbers = new Set<number>();
  for (const [piece] of text.matchAll(/\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,10})?|\d{1,15}(?:\.\d{1,10})?/g)) numbers.add(Number(piece.replaceAll(',', '')));
  spelled.forEach((word, index) => { if (new RegExp(`(?<!\\p{L})${word}(?!\\p{L})`, 'iu').test(text)) numbers.add(index); });
  const emails = new Set([...text.matchAll(/[\p{L}\d][\p{L}\d._%+-]{0,63}@[\p{L}\d][\p{L}\d.-]{0,250}\p{L}/gu)].map(([address]) => address.toLowerCase()));
  const urls = new Set([...text.matchAll(/https?:\/\/[^\s"'`<>]{1,2000}/gi)].map(([address]) => address.replace(/[.,;:!?)\]]+$/, '')));
  const hosts = new Set<string>();
  for (const [piece] of text.matchAll(/(?<![@\p{L}\d.-])(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,5}[a-z]{2,24}(?![\p{L}\d])/giu)) hosts.add(piece.toLowerCase());
  // A machine that is named by its number is named.
  for (const [piece] of text.matchAll(/(?<![\p{L}\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\p{L}\d]|\.\d)/gu)) hosts.add(piece);
  const bits = new Set([...text.matchAll(/(?<![\p{L}\d])\p{L}{1,3}(?![\p{L}\d])/gu)].slice(0, mostBits).map(([piece]) => piece));
  const files = /(?<![\p{L}\d])[\w-]{1,100}\.(?:txt|md|csv|pdf|docx?|xlsx?|pptx?|json|ya?ml|py|js|ts|html?|png|jpe?g|zip|log)(?![\p{L}\d])/u.test(text);
  const short = new Set([...text.matchAll(/(?<![\p{L}\d])(?:\p{Lu}[\p{L}]{0,2}|\d{1,3})(?![\p{L}\d])/gu)].map(([piece]) => piece).filter((piece) => !['I', 'A', 'The', 'Can', 'And', 'My', 'In', 'On', 'To', 'Is', 'Are', 'Add', 'Buy', 'Get', 'Pay', 'Set'].includes(piece)));
  return { numbers, emails, hosts, urls, short, bits, files };
}
