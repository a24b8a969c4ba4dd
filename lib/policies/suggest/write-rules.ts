import { quoted, sentence } from './cedar-text';
import type { Argument } from './argument-roles';
import type { Literals } from './read-goal';
import type { Verdict } from './weigh-tool';

/** Beyond as many, one rule would be longer than anybody reads; a person looks at each call instead. */
const mostArguments = 15;
/** A list of what the goal names is cut here, in characters: what is cut off is asked about. */
const longestList = 800;
const longestName = 200;

/** The rules about one tool: their ids are the given one with a word behind it. */
export function rulesFor(tool: string, id: string, verdict: Verdict, route: string, literals: Literals): Record<string, string> {
  const head = `(principal, action == Action::"call", resource == Tool::${quoted(tool)})`;
  switch (verdict.effect) {
    case 'allow': return { [`${id}.allow`]: `@reason(${sentence(verdict.reason)})\npermit ${head};` };
    case 'ask': return { [`${id}.ask`]: asking(route, verdict.reason, `permit ${head};`) };
    case 'deny': return { [`${id}.deny`]: `@reason(${sentence(verdict.reason)})\nforbid ${head};` };
    case 'clean': {
      const clean = verdict.everything ? 'context.tainted.isEmpty()' : cleanCondition(verdict.arguments, literals);
      if (clean === undefined) return { [`${id}.ask`]: asking(route, verdict.askReason, `permit ${head};`) };
      return {
        [`${id}.allow`]: `@reason(${sentence(verdict.reason)})\npermit ${head}\nwhen { ${clean} };`,
        [`${id}.ask`]: asking(route, verdict.askReason, `permit ${head}\nunless { ${clean} };`),
      };
    }
    case 'own': {
      const own = ownCondition(verdict.arguments, literals);
      if (own === undefined) return { [`${id}.ask`]: asking(route, verdict.askReason, `permit ${head};`) };
      return {
        [`${id}.allow`]: `@reason(${sentence(verdict.reason)})\npermit ${head}\nwhen { ${own} };`,
        [`${id}.ask`]: asking(route, verdict.askReason, `permit ${head}\nunless { ${own} };`),
      };
    }
  }
}

const asking = (route: string, reason: string, rule: string): string => `@ask(${quoted(route)})\n@reason(${sentence(reason)})\n${rule}`;

/** The arguments whose values the rules read; of the others they only know where the text came from. */
export const compared = (one: Argument): boolean => one.format !== undefined || ['text', 'texts', 'number', 'whole', 'numbers'].includes(one.kind);

/**
 * What makes arguments the user's own: text that no untrusted source and no model wrote, or a value that stands in the goal. Numbers have no
 * text to trace, so they must be named by the goal; what has no single type must be traced to the user.
 */
function cleanCondition(held: readonly Argument[], literals: Literals): string | undefined {
  if (held.length > mostArguments || held.some((one) => one.name.length > longestName)) return undefined;
  const plain: string[] = [];
  const conditions: string[] = [];
  for (const one of held) {
    const stated = statedBy(one, literals);
    const text = one.kind === 'text' || one.kind === 'texts' || one.kind === 'choice';
    if (text && stated === undefined) plain.push(one.name);
    else if (text) conditions.push(`(!context.tainted.contains(${quoted(one.name)}) || ${present(one, stated!)})`);
    else if (stated !== undefined) conditions.push(`(!context.session.untrustedSeen || ${traced(one.name)} || ${absentOr(one, stated)})`);
    else conditions.push(`(!context.session.untrustedSeen || ${traced(one.name)}${compared(one) && !one.required ? ` || !(context.args has ${quoted(one.name)})` : ''})`);
  }
  if (plain.length > 0) conditions.unshift(`!context.tainted.containsAny([${plain.map(quoted).join(', ')}])`);
  return conditions.join(' &&\n  ');
}

/** Nothing in it comes from anywhere but the user, no number stands in it that the goal does not name, and something in it is the user's own. */
function ownCondition(all: readonly Argument[], literals: Literals): string | undefined {
  if (all.length > mostArguments || all.some((one) => one.name.length > longestName)) return undefined;
  const numbers = all.filter(({ kind }) => ['number', 'whole', 'numbers'].includes(kind));
  const stated = numbers.map((one) => ({ one, condition: statedBy(one, literals) }));
  const held = stated.map(({ one, condition }) => (condition === undefined ? `!(context.args has ${quoted(one.name)})` : `(if context.args has ${quoted(one.name)} then ${condition} else true)`));
  const anchors = [
    ...all.filter(({ kind }) => kind === 'text' || kind === 'texts').map((one) => traced(one.name)),
    ...stated.flatMap(({ one, condition }) => (condition === undefined ? [] : [`(if context.args has ${quoted(one.name)} then ${condition} else false)`])),
  ];
  // A word too short to be traced is looked for in the goal itself.
  const bits = list([...literals.bits].map(quoted));
  const texts = all.filter(({ kind, format }) => kind === 'text' && format === undefined).map((one) => `(!context.tainted.contains(${quoted(one.name)}) || (if context.args has ${quoted(one.name)} then ${bits}.contains(context.args[${quoted(one.name)}]) else false))`);
  const rest = all.filter(({ kind, format }) => kind !== 'text' || format !== undefined).map(({ name }) => quoted(name));
  const clean = literals.bits.size === 0 ? ['context.tainted.isEmpty()'] : [...(rest.length > 0 ? [`!context.tainted.containsAny([${rest.join(', ')}])`] : []), ...texts];
  return anchors.length === 0 ? undefined : [...clean, ...held, `(${anchors.join(' || ')})`].join(' &&\n  ');
}

function list(values: readonly string[]): string {
  let left = longestList;
  return `[${values.filter((value) => (left -= value.length + 2) >= 0).join(', ')}]`;
}

const traced = (name: string): string => `["user", "operator"].contains(context.provenance[${quoted(name)}])`;
const present = (one: Argument, condition: string): string => (one.required ? condition : `(if context.args has ${quoted(one.name)} then ${condition} else false)`);
const absentOr = (one: Argument, condition: string): string => (one.required ? condition : `(if context.args has ${quoted(one.name)} then ${condition} else true)`);

/** The argument held against what the goal names, if rules can compare it. */
function statedBy(one: Argument, literals: Literals): string | undefined {
  const value = `context.args[${quoted(one.name)}]`;
  if (one.format === 'email-list') return literals.emails.size > 0 ? `${list([...literals.emails].map(quoted))}.containsAll(${value}.addresses)` : undefined;
  if (one.format === 'url') return literals.hosts.size + literals.urls.size > 0 ? `${list([...hostsOf(literals)].map(quoted))}.containsAll(${value}.hosts)` : undefined;
  const whole = [...literals.numbers].filter((number) => Number.isSafeInteger(number));
  switch (one.kind) {
    case 'whole': return whole.length > 0 ? `${list(whole.map(String))}.contains(${value})` : undefined;
    case 'numbers': return whole.length > 0 ? `${list(whole.map(String))}.containsAll(${value}.items)` : undefined;
    case 'number': {
      const exact = [...literals.numbers].map(String).filter((number) => /^\d{1,14}(\.\d{1,4})?$/.test(number)).map((number) => `decimal("${number.includes('.') ? number : `${number}.0`}")`);
      return exact.length > 0 ? `${list(exact)}.contains(${value})` : undefined;
    }
    case 'text': case 'texts': {
      const texts = one.role === 'amount' ? [...literals.short, ...[...literals.numbers].map(String)] : one.role === 'url' ? [...hostsOf(literals)].flatMap((host) => [`https://${host}`, `https://${host}/`, `http://${host}`, host]) : [...literals.short];
      return texts.length > 0 ? (one.kind === 'text' ? `${list(texts.map(quoted))}.contains(${value})` : `${list(texts.map(quoted))}.containsAll(${value}.items)`) : undefined;
    }
    default: return undefined;
  }
}

function hostsOf(literals: Literals): Set<string> {
  const hosts = new Set(literals.hosts);
  for (const address of literals.urls) if (URL.canParse(address)) hosts.add(new URL(address).hostname);
  return hosts;
}
