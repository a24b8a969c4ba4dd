import { doingOf, lookers, verbOf, worse, type Act } from './acts';
import { argumentsOf, type Argument } from './argument-roles';
import { common, fieldsOfSubject, moneyThings, notMoney, outward, personal, powers, secretPairs, secrets, speaksOfHarm, subject, vague } from './subjects';
import { nameWords, plain, stem } from './words';
import type { DescribedTool } from './schema';

/** How much it matters who reads it: public, unremarkable, somebody's own, what opens doors. */
export type Secrecy = 'public' | 'plain' | 'personal' | 'secret';

/** What a tool is taken to be, and why. */
export type ToolProfile = {
  name: string;
  /** `unknown` where neither name nor hints say whether it changes anything. */
  act: Act | 'unknown';
  /** What its verb alone says: "send" of send_money. */
  verbAct: Act | 'unknown';
  /** What its name alone says, where description or hints say more. */
  namedAct: Act | 'unknown';
  /** The word it was read from. */
  word: string | undefined;
  /** Nothing in its name is a verb: it is a thing that looks ("database", "analyzer"). */
  looks: boolean;
  harm: boolean;
  secrecy: Secrecy;
  /** What it is about: keys for comparing, without verbs, services and empty words. */
  subjects: readonly string[];
  /** All words of its name that could join it with a goal, verbs included. */
  words: readonly string[];
  /** What stands before the verb in its name ("gmail" of GmailSendEmail): usually the service. */
  service: readonly string[];
  arguments: readonly Argument[];
  /** No argument can come that is not in the list. */
  closed: boolean;
  stricterBecause: string | undefined;
};

/** Reads a tool. Its name says what it is; description and hints can only make it stricter, since whoever wrote them may want to get past the gate. */
export function readTool(tool: DescribedTool, schema: Record<string, unknown>, shared: ReadonlySet<string>): ToolProfile {
  const parts = nameWords(tool.name);
  const main = mainVerb(parts, shared);
  const service = main.at > 0 && main.verb ? parts.slice(0, main.at) : parts.length > 1 && shared.has(parts[0]!) ? [parts[0]!] : [];
  const rest = parts.filter((part, index) => index !== main.at && index >= service.length);
  const rough = rest.filter((part) => !isOnlyVerb(part) && part !== 'api' && part !== 'tool').map(subject);
  const subjects = [...new Set(rough.filter((key) => !vague.has(key)))];
  const named = overridden(main.act, main.word, rest.map(subject), parts);
  const thing = named === 'unknown' && parts.length <= 2 && parts.some((part) => common.has(subject(part))) && parts.every((part) => common.has(subject(part)) || vague.has(subject(part)));
  const believed = thing ? 'read' : named === 'unknown' && tool.annotations?.readOnlyHint === true && tool.annotations.destructiveHint !== true ? 'read' : named;
  const hinted = byHints(believed, main.looks, tool.annotations);
  const told = toldAct(tool.description);
  const act = told !== undefined && told !== 'read' && hinted !== 'unknown' ? stricter(hinted, told) : told !== undefined && told !== 'read' ? told : hinted;
  const looks = main.looks && act === 'read';
  return {
    name: tool.name,
    act,
    verbAct: main.act,
    namedAct: believed,
    word: main.word,
    looks,
    harm: speaksOfHarm(parts),
    secrecy: secrecyOf(parts, rest),
    subjects,
    words: [...new Set(parts.map(subject))],
    service,
    arguments: argumentsOf(schema),
    closed: namesAll(schema),
    stricterBecause: act !== believed ? (told !== undefined && act === told ? `its description speaks of something that its name does not (${act})` : 'its hints say that it does more than its name tells') : undefined,
  };
}

/** Whether the schema's properties are all that a call may hold, as the gate closes schemas. */
const namesAll = (schema: Record<string, unknown>): boolean => [schema.additionalProperties, schema.unevaluatedProperties].every((value) => value === undefined || value === false)
  && !['patternProperties', 'allOf', 'anyOf', 'oneOf', '$ref', 'if', 'then', 'else', 'not', 'dependentSchemas'].some((key) => key in schema);

type Main = { at: number; act: Act | 'unknown'; word: string | undefined; verb: boolean; looks: boolean };

/** The verb of a name: the first word that is nothing else, then a word that may be one, in the place of one. */
function mainVerb(parts: readonly string[], shared: ReadonlySet<string>): Main {
  const end = parts.length - 1;
  // "update_manager" manages updates; what it does to them its name does not tell.
  if (end > 0 && managers.has(parts[end]!) && parts.slice(0, end).every((part) => !grave.has(part))) return { at: end, act: 'manage', word: parts[end], verb: false, looks: false };
  const first = parts.findIndex(isOnlyVerb);
  if (first >= 0) {
    // "get_and_delete": called for the one, feared for the other.
    const act = parts.slice(first + 1).reduce<Act>((worst, part, index) => {
      const verb = isOnlyVerb(part) ? verbOf(part) : undefined;
      return verb && (joins.has(parts[first + index]!) || grave.has(part)) ? worse(worst, verb.act) : worst;
    }, verbOf(parts[first]!)!.act);
    return { at: first, act, word: parts[first], verb: true, looks: false };
  }
  const last = parts.length - 1;
  if (last > 0 && lookers.has(stem(parts[last]!)) && !states.has(parts[last]!)) return { at: -1, act: 'read', word: parts[last], verb: false, looks: true };
  const start = Math.max(0, parts.findIndex((part) => !shared.has(part)));
  const early = parts.findIndex((part, index) => (index === 0 ? start === 0 : index >= start) && index < last && verbOf(part)?.alsoNoun === true && !usuallyThings.has(part) && !part.endsWith('ing') && !states.has(parts[index + 1]!) && doingOf(parts[index + 1]!) !== 'manage');
  if (early >= 0) return { at: early, act: verbOf(parts[early]!)!.act, word: parts[early], verb: true, looks: false };
  const done = parts.map((part, index) => ({ part, index, act: doingOf(part) })).filter(({ act: found }) => found !== undefined);
  const looker = parts.findIndex((part) => lookers.has(stem(part)));
  const worst = done.reduce<Act | undefined>((most, { act: found }) => (most === undefined ? found : worse(most, found!)), undefined);
  const state = parts.some((part) => states.has(part));
  if (worst !== undefined && !(state && worst !== 'manage')) return { at: worst === 'read' ? -1 : done[0]!.index, act: worst, word: done.find(({ act: found }) => found === worst)!.part, verb: false, looks: worst === 'read' };
  if (looker >= 0) return { at: -1, act: 'read', word: parts[looker], verb: false, looks: true };
  // "user.list", "message.post": a verb at the end of what it is about.
  const ending = last >= 0 ? verbOf(parts[last]!) : undefined;
  if (ending) return { at: last === 0 ? 0 : -1, act: ending.act, word: parts[last], verb: last === 0, looks: false };
  return { at: -1, act: 'unknown', word: undefined, verb: false, looks: false };
}

const states = new Set(['status', 'history', 'info', 'information', 'details', 'list', 'count', 'stats', 'statistics', 'data', 'results', 'summary', 'log', 'logs', 'analytics', 'forecast', 'metrics']);
/** Verbs in a request, things in a name: a "test report" is not testing. */
const usuallyThings = new Set(['research', 'test', 'study', 'report', 'help', 'summary', 'support', 'service', 'form', 'group', 'contact', 'monitor']);
const managers = new Set(['manager', 'management', 'controller', 'handler']);
const joins = new Set(['and', 'or', 'then', 'to']);
const grave = new Set(['delete', 'remove', 'pay', 'send', 'transfer', 'withdraw', 'execute', 'grant', 'wipe', 'purchase', 'buy']);
const isOnlyVerb = (part: string): boolean => { const verb = verbOf(part); return verb !== undefined && !verb.alsoNoun && !part.endsWith('ing'); };

/** The same verb does different harm to different things: sending money is paying, changing a password is taking an account. */
function overridden(act: Act | 'unknown', word: string | undefined, about: readonly string[], parts: readonly string[]): Act | 'unknown' {
  const on = (things: ReadonlySet<string>) => about.some((key) => things.has(key));
  if (act === 'read' || act === 'unknown') return act;
  if (word === 'transfer' && on(notMoney)) return 'send';
  if (act === 'execute' && !on(scripts) && word !== undefined && ['run', 'start', 'launch', 'execute'].includes(word) && on(looking)) return 'read';
  if (act === 'pay' || act === 'execute') return act;
  if (on(moneyThings) && !parts.includes('convert')) return 'pay';
  if (act === 'delete' && !on(powers)) return act;
  if (act === 'send' && !on(doors)) return act;
  if (on(powers) && !on(outward)) return 'access';
  if (act === 'write' && on(outward) && !parts.some((part) => ['draft', 'template', 'label', 'folder', 'filter', 'rule'].includes(part)) && ['create', 'write', 'make', 'compose', 'add', 'generate', 'new'].includes(word ?? '')) return 'send';
  return act;
}
const scripts = new Set(['script', 'code', 'shell', 'command', 'terminal', 'python', 'sql'].map(subject));
const looking = new Set(['query', 'search', 'report', 'analysis', 'test'].map(subject));
const doors = new Set(['password', 'credential', 'permission', 'token', 'access', 'role'].map(subject));

/** Hints make a tool stricter. That it only reads is believed of one alone whose name says nothing. */
function byHints(act: Act | 'unknown', looks: boolean, hints: DescribedTool['annotations']): Act | 'unknown' {
  if (!hints) return act;
  if (act === 'unknown') return hints.destructiveHint === true ? 'delete' : act;
  if (act === 'read' && (hints.readOnlyHint === false || hints.destructiveHint === true)) return hints.destructiveHint === true ? 'delete' : looks ? 'manage' : 'write';
  if ((act === 'write' || act === 'manage') && hints.destructiveHint === true) return 'delete';
  return act;
}

const stricter = (named: Act, told: Act): Act => (named === 'manage' || named === 'read' ? told : worse(named, told));

const subjectsOfSentences = new Set('this tool tools function api endpoint method it is used use can be allows allow you user users the a an to for that which will enables lets helps agent service command action'.split(' '));
/** What the first words of the first three sentences say the tool does: "Sends an e-mail …", "This tool deletes …". */
function toldAct(description: string | undefined): Act | undefined {
  if (!description) return undefined;
  let told: Act | undefined;
  for (const sentence of plain(description.slice(0, 2_000)).split(/[.!?;\n]+/).slice(0, 4)) {
    const all = nameWords(sentence);
    const at = all.findIndex((word) => !subjectsOfSentences.has(word));
    const verb = at < 0 || at > 8 ? undefined : verbOf(all[at]!) ?? verbOf(all[at]!.replace(/e?s$/, '')) ?? verbOf(all[at]!.replace(/s$/, ''));
    if (verb && !(verb.alsoNoun && at === all.length - 1)) told = told === undefined ? verb.act : worse(told, verb.act);
  }
  return told;
}

function secrecyOf(parts: readonly string[], rest: readonly string[]): Secrecy {
  const all = parts.map(subject);
  const about = rest.map(subject);
  if (secretPairs.some(([one, two]) => all.includes(subject(one)) && all.includes(subject(two))) || about.some((key) => secrets.has(key))) return 'secret';
  if (about.some((key) => personal.has(key)) || all.some((key) => strictlyPersonal.has(key))) return 'personal';
  return about.some((key) => common.has(key)) || all.every((key) => common.has(key) || vague.has(key)) ? 'public' : 'plain';
}
const strictlyPersonal = new Set(['password', 'email', 'patient', 'medical', 'genetic', 'private', 'personal', 'confidential', 'bank'].map(subject));

/** Words that several names of one list begin with: what a server puts before its tools' names. */
export function sharedPrefixes(names: readonly string[]): Set<string> {
  const count = new Map<string, number>();
  for (const name of names) {
    const [first, second] = nameWords(name);
    if (first !== undefined && second !== undefined && !isOnlyVerb(first) && verbOf(first)?.act !== 'read' && fieldsOfSubject(subject(first)).size === 0) count.set(first, (count.get(first) ?? 0) + 1);
  }
  return new Set([...count].filter(([, times]) => times >= 2).map(([word]) => word));
}
