import { doingOf, verbOf, type Act } from './acts';
import type { Argument, Role } from './argument-roles';
import { fieldsOfSubject, subject, vague } from './subjects';
import type { Goal } from './read-goal';
import type { ToolProfile } from './read-tool';
import { nameWords } from './words';

/** What the policy says about a tool. `clean`: it may run where what matters in its arguments is the user's own; a person is asked otherwise. */
export type Verdict =
  | { effect: 'allow' | 'ask' | 'deny'; reason: string }
  | { effect: 'clean'; reason: string; askReason: string; arguments: readonly Argument[]; everything: boolean }
  /** It may run where nothing in its arguments is anybody's but the user's own words; a person is asked otherwise. */
  | { effect: 'own'; reason: string; askReason: string; arguments: readonly Argument[] };

/** Ways of asking less, or more, that are measured one by one. Policies are made with `standardLeeway`. */
export type Leeway = { ownWords: boolean; idleChanges: boolean; plainLookers: boolean; fieldLookers: boolean };
export const standardLeeway: Leeway = { ownWords: true, idleChanges: true, plainLookers: true, fieldLookers: true };

/** How far a tool has to do with a goal. */
type Bond = { direct: boolean; field: boolean; service: boolean; elsewhere: boolean };

/** Decides about one tool for one goal. Pure; the same in, the same out. What a description says can only take away from what the name would get. */
export function weighTool(tool: ToolProfile, goal: Goal, { unserved, served, named }: Serving, leeway: Leeway): Verdict {
  const verdict = weighTwice(tool, goal, unserved, named);
  const refused = tool.harm || (tool.act !== 'unknown' && goal.refuses.has(tool.act));
  // Where no tool of the list plainly serves the goal, the words may have been misread: a person looks.
  const looked: Verdict = verdict.effect === 'deny' && !served && !refused ? { effect: 'ask', reason: `${verdict.reason} No other tool here plainly serves it either, so a person looks.` } : verdict;
  if (goal.none || refused) return looked;
  if (looked.effect === 'allow' && leeway.idleChanges && isIdleChange(tool, goal, named)) return { effect: 'ask', reason: `${looked.reason.slice(0, -1)}; but it takes no arguments that could be held against the goal, which does not name it either.` };
  if (looked.effect === 'ask' && leeway.plainLookers && onlyLooks(tool, goal, named) && tool.secrecy === 'plain') return onCleanArguments(tool, `${tool.name} only reads, and what it reads is nobody's own.`, 'read');
  if (looked.effect === 'ask' && leeway.fieldLookers && onlyLooks(tool, goal, named) && tool.secrecy === 'personal' && bondOf(tool, goal, named).field) return onCleanArguments(tool, `${tool.name} only reads, in the field that the goal is about.`, 'read');
  return looked.effect === 'ask' && leeway.ownWords ? onOwnWords(tool, goal, looked.reason) : looked;
}

/** A thing that looks ("analyzer"), by every word of its name and by all that is said of it, and not into another service than the goal's. */
function onlyLooks(tool: ToolProfile, goal: Goal, named: boolean): boolean {
  const { elsewhere, service } = bondOf(tool, goal, named);
  const changes = nameWords(tool.name).some((word) => (verbOf(word)?.act ?? doingOf(word) ?? 'read') !== 'read');
  return tool.act === 'read' && tool.namedAct === 'read' && tool.looks && !changes && !elsewhere && (tool.service.length === 0 || service);
}

/** It changes something and takes nothing: only its name ties it to the goal, so the goal must ask for that by the same kind of word, and name the thing. */
function isIdleChange(tool: ToolProfile, goal: Goal, named: boolean): boolean {
  if (tool.act === 'read' || tool.act === 'unknown' || tool.arguments.length > 0) return false;
  return !(goal.asks.has(tool.act) && tool.subjects.length > 0 && tool.subjects.every((key) => goal.subjects.has(key)) && !bondOf(tool, goal, named).elsewhere);
}

/** Kinds of tools whose calls are no more than they say: what stands in the goal word for word is then what the user wants done. */
const saysAll: readonly ToolProfile['act'][] = ['unknown', 'write', 'control', 'execute', 'manage'];

/** Nobody but the user can have chosen what such a call does: an order in a text that was read would have to bring its own words. */
function onOwnWords(tool: ToolProfile, goal: Goal, askReason: string): Verdict {
  // Who only wants to know something has no use for a change, in whatever words.
  const changes = goal.onlyReads && ['write', 'control', 'manage'].includes(tool.act);
  const plain = tool.arguments.every(({ kind }) => kind !== 'object' && kind !== 'unknown');
  // What runs commands is bound by the command alone; without one in its arguments nothing says what it would run.
  const commands = tool.act !== 'execute' || tool.arguments.some(({ role }) => role === 'code');
  if (!tool.closed || changes || !plain || !commands || tool.secrecy === 'secret' || !saysAll.includes(tool.act) || !tool.arguments.some(({ kind }) => kind !== 'flag' && kind !== 'choice')) return { effect: 'ask', reason: askReason };
  return { effect: 'own', reason: `All that ${tool.name} is given stands in the goal, so that nobody else chose what it does.`, askReason, arguments: tool.arguments };
}

/** What the tools of a list do for a goal, by their names alone: no description may change what other tools get. */
/** `named`: the goal names the service of some tool here, so the others are elsewhere. */
export type Serving = { unserved: ReadonlySet<Act>; served: boolean; named: boolean };
export function servingOf(tools: readonly ToolProfile[], goal: Goal): Serving {
  const named = tools.some((tool) => bondOf(tool, goal, false).service);
  const unserved = unservedActs(tools, goal, named);
  return { named, unserved, served: tools.some((tool) => ['allow', 'clean'].includes(weigh({ ...tool, act: tool.namedAct }, goal, unserved, named).effect)) };
}

function weighTwice(tool: ToolProfile, goal: Goal, unserved: ReadonlySet<Act>, named: boolean): Verdict {
  const told = weigh(tool, goal, unserved, named);
  return tool.act === tool.namedAct ? told : stricterOf(weigh({ ...tool, act: tool.namedAct, looks: false }, goal, unserved, named), told);
}

const rank = { allow: 0, clean: 1, own: 2, ask: 3, deny: 4 } as const;
function stricterOf(one: Verdict, other: Verdict): Verdict {
  if (one.effect !== 'clean' || other.effect !== 'clean') return rank[one.effect] > rank[other.effect] ? one : other;
  return { ...other, arguments: [...new Set([...one.arguments, ...other.arguments])], everything: one.everything || other.everything };
}

function weigh(tool: ToolProfile, goal: Goal, unserved: ReadonlySet<Act>, named: boolean): Verdict {
  if (goal.none) return withoutGoal(tool);
  const bond = bondOf(tool, goal, named);
  if (tool.harm) return bond.direct && !goal.onlyReads ? { effect: 'ask', reason: `${tool.name} is named after something harmful, and the goal speaks of what it is about.` } : { effect: 'deny', reason: `${tool.name} is named after something harmful, and the goal asks for nothing of the kind.` };
  if (tool.act === 'read') return weighReading(tool, goal, bond);
  if (tool.act === 'unknown') return weighUnknown(tool);
  return weighChange(tool, goal, bond, tool.act, unserved);
}

function weighReading(tool: ToolProfile, goal: Goal, bond: Bond): Verdict {
  const reads = `${tool.name} only reads`;
  const allowed = (reason: string): Verdict => onCleanArguments(tool, reason, 'read');
  if (tool.secrecy === 'public') return allowed(`${reads}, and what it reads is public.`);
  if (bond.elsewhere) return tool.secrecy === 'plain' && !bond.service ? { effect: 'ask', reason: `${reads}, but from another service than the goal names.` } : { effect: bond.direct ? 'ask' : 'deny', reason: `${reads}, but from another service than the goal names, and what is there is somebody's own.` };
  if (tool.secrecy === 'secret') return bond.direct ? { effect: 'ask', reason: `${reads}, but what it reads opens doors: a person looks even though the goal speaks of it.` } : { effect: 'deny', reason: `${reads}, but what it reads opens doors, and the goal does not speak of it.` };
  if (bond.direct) return allowed(`${reads}, and the goal speaks of what it reads.`);
  if (tool.secrecy === 'plain' && tool.subjects.length === 0 && ownWord(tool, goal)) return allowed(`${reads}, and does what the goal asks by that word.`);
  if (bond.field && !(tool.looks && tool.secrecy === 'personal') && (tool.service.length === 0 || bond.service || tool.secrecy === 'plain')) return allowed(`${reads}, in the field that the goal is about.`);
  if (tool.secrecy === 'plain' && !tool.looks && (tool.service.length === 0 || bond.service)) return allowed(`${reads}, and what it reads is nobody's own.`);
  if (tool.subjects.length === 0 && (tool.service.length === 0 || bond.service)) return tool.secrecy === 'plain' ? allowed(`${reads}, and nothing speaks of secrets.`) : { effect: 'ask', reason: `${reads}, but what it reads may be somebody's own, and the goal does not speak of it.` };
  if (goal.onlyReads && tool.secrecy === 'personal' && tool.service.length > 0 && !bond.service) return { effect: 'deny', reason: `${reads}, but what is somebody's own, of a service that the goal does not name.` };
  return { effect: 'ask', reason: `${reads}, but the goal does not speak of what it reads.` };
}

function weighUnknown(tool: ToolProfile): Verdict {
  return { effect: 'ask', reason: `Nothing tells whether ${tool.name} changes anything, so a person looks at each call.` };
}

/** Which of the goal's words let a tool of this kind in, beside its own verb. */
const serving: Record<Exclude<Act, 'read'>, readonly Act[]> = {
  write: ['write', 'manage', 'control'], send: ['send'], pay: ['pay'], delete: ['delete'], execute: ['execute'], access: ['access'], control: ['control', 'write', 'manage'], manage: ['manage', 'write', 'delete', 'control', 'access', 'pay', 'send'],
};
/** Where a mistake weighs most, the goal must speak of the thing itself and not only of its field. */
const exact: readonly Act[] = ['delete', 'execute', 'access'];
const does: Record<Exclude<Act, 'read'>, string> = {
  write: 'changes something', send: 'sends something to others', pay: 'moves or commits money', delete: 'takes something away', execute: 'runs commands or code',
  access: 'changes who may do what', control: 'sets something in motion', manage: 'may change whatever it manages',
};

function weighChange(tool: ToolProfile, goal: Goal, bond: Bond, act: Exclude<Act, 'read'>, unserved: ReadonlySet<Act>): Verdict {
  const what = `${tool.name} ${does[act]}`;
  if (goal.refuses.has(act)) return { effect: 'deny', reason: `${what}, and the goal says not to.` };
  const asked = isAsked(tool, goal, bond, act);
  if (asked && bond.elsewhere) return { effect: 'ask', reason: `${what}, as the goal asks, but with another service than it names.` };
  const near = isNear(tool, goal, bond, act) || (asked && unserved.has(act));
  if (asked && near) {
    if (act === 'manage') return { effect: 'ask', reason: `${what}; the goal is about that, and what exactly it does only its arguments tell.` };
    return onCleanArguments(tool, `${what}, and the goal asks for it.`, act);
  }
  if (asked) return { effect: 'ask', reason: `${what}; the goal asks for something of the kind, but not plainly for this.` };
  if (goal.delegates) return { effect: 'ask', reason: `${what}; the goal leaves what is to be done to a text, so a person looks.` };
  if (goal.onlyReads && act !== 'manage') return { effect: 'deny', reason: `${what}, and the goal only wants to know something.` };
  if (near) return { effect: 'ask', reason: `${what}; the goal is about that, but does not ask for it.` };
  return ['write', 'manage'].includes(act) ? { effect: 'ask', reason: `${what}, which the goal does not speak of but may need.` } : { effect: 'deny', reason: `${what}, and the goal asks for nothing of the kind.` };
}

/** The goal asks for what the tool's kind does; its own verb will do where the goal speaks of the thing too ("send 5 EUR" of send_money). */
const isAsked = (tool: ToolProfile, goal: Goal, bond: Bond, act: Exclude<Act, 'read'>): boolean =>
  serving[act].some((one) => goal.asks.has(one)) || (tool.verbAct !== 'unknown' && tool.verbAct !== 'read' && goal.asks.has(tool.verbAct) && (bond.direct || isOwn(tool, goal)));

function isNear(tool: ToolProfile, goal: Goal, bond: Bond, act: Exclude<Act, 'read'>): boolean {
  const unbound = tool.service.length === 0 || bond.service;
  return bond.direct || isOwn(tool, goal) || (tool.subjects.length === 0 && unbound) || (bond.field && unbound && !exact.includes(act));
}

/** "Change my address": the user's own account is what it is about, though the goal does not call it that. */
const isOwn = (tool: ToolProfile, goal: Goal): boolean => goal.subjects.has('my') && tool.subjects.length > 0 && tool.subjects.every((key) => own.has(key));
const own: ReadonlySet<string> = new Set(['user', 'profile', 'account'].map(subject));

/** What the goal asks for and no tool of the list plainly does: then those of the kind are what is meant, as far as they hold to what it names. */
function unservedActs(tools: readonly ToolProfile[], goal: Goal, named: boolean): Set<Act> {
  const open = new Set<Act>(['send', 'write', 'pay', 'control']);
  for (const tool of tools) {
    const act = tool.namedAct;
    if (act === 'read' || act === 'unknown' || tool.harm || !open.has(act)) continue;
    const bond = bondOf(tool, goal, named);
    if (!bond.elsewhere && isAsked(tool, goal, bond, act) && isNear(tool, goal, bond, act)) open.delete(act);
  }
  return open;
}

/** For no goal in particular: reading is what agents mostly do, all else is asked. */
function withoutGoal(tool: ToolProfile): Verdict {
  if (tool.harm) return { effect: 'deny', reason: `${tool.name} is named after something harmful.` };
  if (tool.act === 'unknown') return { effect: 'ask', reason: `Nothing tells whether ${tool.name} changes anything.` };
  if (tool.act !== 'read') return { effect: 'ask', reason: `${tool.name} ${does[tool.act]}, and no goal speaks of it.` };
  if (tool.secrecy === 'secret') return { effect: 'ask', reason: `${tool.name} only reads, but what it reads opens doors.` };
  return onCleanArguments(tool, `${tool.name} only reads.`, 'read');
}

/** By the kind of the tool: the arguments that must be the user's own. */
const guarded: Record<Act, readonly Role[]> = {
  read: ['url', 'code', 'credential'],
  write: ['recipient', 'amount', 'account', 'url', 'path', 'code', 'credential', 'power'],
  send: ['recipient', 'amount', 'account', 'url', 'path', 'code', 'credential', 'power'],
  pay: ['recipient', 'amount', 'account', 'url', 'code', 'credential', 'power'],
  delete: ['recipient', 'amount', 'account', 'url', 'path', 'code', 'credential', 'power', 'target', 'query', 'other'],
  execute: ['recipient', 'amount', 'account', 'url', 'path', 'code', 'credential', 'power', 'target', 'query', 'content', 'other'],
  access: ['recipient', 'amount', 'account', 'url', 'path', 'code', 'credential', 'power', 'target', 'query', 'content', 'other'],
  control: ['recipient', 'amount', 'account', 'url', 'path', 'code', 'credential', 'power', 'target'],
  manage: [],
};
/** Without one of these the call could go anywhere, so everything in it has to be the user's own. */
const anchors: Partial<Record<Act, readonly Role[]>> = { send: ['recipient', 'url', 'account'], pay: ['recipient', 'amount', 'account'] };

function onCleanArguments(tool: ToolProfile, reason: string, act: Act): Verdict {
  if (!tool.closed) {
    if (act === 'read') return { effect: 'clean', reason, askReason: `${tool.name} does not say all that it takes, and something in its arguments is not the user's own.`, arguments: [], everything: true };
    return { effect: 'ask', reason: `${reason.slice(0, -1)}; but it does not say all that it takes, so a person looks at each call.` };
  }
  const has = (role: Role) => tool.arguments.some((one) => one.role === role);
  const anchored = anchors[act]?.some(has) ?? true;
  // A reply to a ticket goes where the ticket goes: then the ticket must be the user's own.
  const roles = anchored ? guarded[act] : has('target') ? [...guarded[act], 'target'] : undefined;
  const held = tool.arguments.filter((one) => one.kind !== 'flag' && (roles ? roles.includes(one.role) : one.role !== 'when') && !(one.kind === 'choice' && act !== 'access'));
  if (held.length === 0) {
    const grave = act !== 'read' && act !== 'write' && tool.arguments.length > 0 && roles === undefined;
    return grave ? { effect: 'ask', reason: `${reason.slice(0, -1)}; but nothing in it can be held against the goal.` } : { effect: 'allow', reason };
  }
  const named = held.slice(0, 4).map((one) => one.name.slice(0, 60)).join(', ');
  return { effect: 'clean', reason, askReason: `${reason.slice(0, -1)}; but ${named}${held.length > 4 ? ' or another argument' : ''} did not come from the goal or another trusted source.`, arguments: held, everything: false };
}

/** One name, up to one letter: people write names of services as they sound. */
function alike(one: string, other: string): boolean {
  if (one === other) return true;
  if (one.length < 6 || one.length !== other.length) return false;
  let differs = 0;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at] && (differs += 1) > 1) return false;
  return true;
}

/** The goal uses the tool's own word for what it does ("navigate", "summarize"), and not one that fits every tool. */
function ownWord(tool: ToolProfile, goal: Goal): boolean {
  const { word } = tool;
  if (word === undefined || word.length < 6 || everyday.has(word)) return false;
  return [...(goal.asks.get('read') ?? [])].some((asked) => asked.length >= 6 && asked.slice(0, 6) === word.slice(0, 6));
}
const everyday = new Set(['search', 'retrieve', 'obtain', 'review', 'report', 'display']);

function bondOf(tool: ToolProfile, goal: Goal, named: boolean): Bond {
  const service = [...tool.service, tool.service.slice(0, 2).join(''), tool.service.join('')].some((word) => goal.subjects.has(subject(word)) || goal.hostWords.has(subject(word)) || [...goal.services].some((named) => alike(named, word)));
  const direct = tool.subjects.some((key) => goal.subjects.has(key)) || (tool.subjects.length === 0 && service);
  const about = new Set(tool.subjects.flatMap((key) => [...fieldsOfSubject(key)]));
  const field = [...goal.subjects].some((key) => !vague.has(key) && [...fieldsOfSubject(key)].some((one) => about.has(one)));
  const elsewhere = tool.service.length > 0 && !service && (named || goal.services.size > 0);
  return { direct, field, service, elsewhere };
}

