import type { Secret } from './find-secrets';
import { classOf, wordsOf, type NameClass } from './secret-names';
import { looksMadeUp, makeOf, standsForSecret } from './secret-values';

/** Where a name may be that holds a secret; what the whole name says is judged afterwards. */
const hint = /pass(?:w(?:or[dt]|d)|phrase|code|e(?![a-z]))?|pwd|secret|token|cred|auth|bearer|key|login|kennwort|contrase[nñ]a|senha|has[lł]o|wachtwoord|пароль|密[码碼]|パスワード|meraki|sonar|okta|sumo|snyk|heroku|facebook|discord|twilio|datadog|sourcegraph/gi;
const letter = /\p{L}/u;
const longestName = 64;

/** What stands between a name and its value: `=`, `:=`, `:`, `=>`, an attribute of its own, the next argument, the end of a tag, or words of prose. */
const between = /(?:\\?["'`]|\])?[ \t]{0,20}(?::{0,3}\??\+?={1,3}>?|:)[ \t]{0,20}|["'][ \t]{1,4}value[ \t]{0,2}=[ \t]{0,2}|["'],[ \t]{0,4}(?=["'])|>/y;
const prose = /[ \t]{1,3}(?:is|was|are|ist|lautet|es|est|è|é)[ \t]{1,3}(?:set to[ \t]{1,3})?:?/y;
const argument = /[ \t]{1,4}(?=[^\s-])/y;
const bare = /[^\s"'`,;&<>]{1,400}/y;
const scheme = /^(?:Bearer|Basic|Token|Digest|ApiKey|Bot)$/i;
const loginOption = /(?<=[ \t])(?:-u|--user|--proxy-user)[ \t=]{1,6}["']?([^\s"':]{1,100})["']?:(["']?)([^\s"']{1,200})/g;
/** How Bundler is told the credentials of a host, in the environment or its configuration: `BUNDLE_GEMS__EXAMPLE__ORG: user:password`. */
const bundlerHost = /\bBUNDLE_[A-Z0-9_]{2,60}__[A-Z]{2,12}["']?[ \t]{0,4}[:=][ \t]{0,4}["']?([^\s"':;&$<{]{1,100}:[^\s"';&$<{]{1,200})/g;
const passwordInUrl = /:\/\/[^\s/:@?#"'<>]{0,100}:([^\s/@"'<>]{1,200})@(?=[\w.[-])/y;

/** Secrets that are known by the name they are given: assignments in code, configuration and prose, options of a command, credentials in an address. */
export function findAssignments(text: string, mostNames = Number.POSITIVE_INFINITY): Secret[] {
  const found: Secret[] = [];
  let names = 0;
  hint.lastIndex = 0;
  for (let match = hint.exec(text); match && names < mostNames; match = hint.exec(text), names++) {
    const name = nameAround(text, match.index, hint.lastIndex);
    hint.lastIndex = Math.max(hint.lastIndex, name.end);
    const held = name.held;
    if (held) hint.lastIndex = Math.max(hint.lastIndex, assigned(text, name, held, found));
  }
  if (text.includes('-u')) {
    loginOption.lastIndex = 0;
    for (let match = loginOption.exec(text); match; match = loginOption.exec(text)) {
      const value = trimmed(match[3]!, match[2] !== '');
      if (value.length >= 6 && !standsForSecret(match[1]!, false) && !standsForSecret(value, true) && makeOf(value) !== 'plain') found.push({ label: 'password', start: loginOption.lastIndex - match[3]!.length, end: loginOption.lastIndex - match[3]!.length + value.length, score: 0.8 });
    }
  }
  if (text.includes('BUNDLE_')) {
    bundlerHost.lastIndex = 0;
    for (let match = bundlerHost.exec(text); match; match = bundlerHost.exec(text)) found.push({ label: 'password', start: bundlerHost.lastIndex - match[1]!.length, end: bundlerHost.lastIndex, score: isTemplate(match[1]!) ? 0.2 : 0.8 });
  }
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    passwordInUrl.lastIndex = at;
    const value = passwordInUrl.exec(text)?.[1];
    if (value === undefined) continue;
    const end = passwordInUrl.lastIndex - 1;
    if (!isTemplate(value)) found.push({ label: 'URL password', start: end - value.length, end, score: 0.8 });
  }
  return found;
}

type Name = { start: number; end: number; held: NameClass | undefined };

function isOfName(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code > 127) return letter.test(text[at]!);
  return (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122) || code === 95 || code === 46 || code === 45;
}

function nameAround(text: string, from: number, to: number): Name {
  let start = from;
  let end = to;
  while (start > 0 && from - start < longestName && isOfName(text, start - 1)) start -= 1;
  while (end < text.length && end - to < longestName && isOfName(text, end)) end += 1;
  // A full stop or a dash at the end belongs to the sentence.
  while (end > to && /[.-]/.test(text[end - 1]!)) end -= 1;
  // "api key" and "client secret" are names of two words in prose.
  const before = text[start - 1] === ' ' ? (/[A-Za-z]{1,20}$/.exec(text.slice(Math.max(0, start - 21), start - 1))?.[0] ?? '') : '';
  return { start, end, held: heldBy(before, text.slice(start, end)) };
}

/** What names promised that were judged lately: a text says the same few over and over. */
const judged = new Map<string, NameClass | undefined>();
const mostJudged = 4_096;
function heldBy(before: string, name: string): NameClass | undefined {
  const key = `${before} ${name}`;
  if (judged.has(key)) return judged.get(key);
  const words = wordsOf(name);
  const held = classOf(words.length === 1 ? [...wordsOf(before), ...words] : words);
  if (judged.size >= mostJudged) judged.clear();
  judged.set(key, held);
  return held;
}

/** Returns from where on the next name is looked for: names within a long value that nothing separates are part of it, and each would be judged with all the rest again. */
function assigned(text: string, name: Name, held: NameClass, found: Secret[]): number {
  const option = /(?:^|\s)--?$/.test(text.slice(Math.max(0, name.start - 3), name.start)) || text.startsWith('--', name.start) || (text[name.start] === '-' && /\s/.test(text[name.start - 1] ?? ' '));
  let at = after(between, text, name.end);
  const inProse = at === undefined;
  if (at === undefined) at = (option ? after(argument, text, name.end) : undefined) ?? after(prose, text, name.end);
  if (at === undefined) return name.end;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  let value = valueAt(text, at);
  if (value && (scheme.test(value.text) || /^(?:Bearer|Basic|Token|Digest|ApiKey|Bot) /i.test(value.text))) {
    const inner = value.text.indexOf(' ');
    value = inner > 0 ? { text: value.text.slice(inner + 1), start: value.start + inner + 1, quoted: true } : valueAt(text, value.start + value.text.length + 1);
  }
  if (!value || value.text.length < 4) return name.end;
  const score = scoreOf(value.text, held, value.quoted, inProse && !option, endsLine(text, value.start + value.text.length));
  if (score > 0) found.push({ label: held === 'password' ? 'password' : 'secret', start: value.start, end: value.start + value.text.length, score });
  return value.quoted || value.text.length < longestName ? name.end : value.start + value.text.length;
}

function after(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function valueAt(text: string, from: number): { text: string; start: number; quoted: boolean } | undefined {
  const escaped = text[from] === '\\' && /["']/.test(text[from + 1] ?? '') ? 1 : 0;
  const start = from + escaped + 1;
  const quote = text[from + escaped];
  if (quote === '"' || quote === "'" || quote === '`') {
    const line = text.slice(start, start + 401);
    const close = line.indexOf(escaped ? `\\${quote}` : quote);
    const inner = close >= 0 ? line.slice(0, close) : /^[^\s"'`]{0,400}/.exec(line)![0];
    return /[\r\n]/.test(inner) ? undefined : { text: inner, start, quoted: true };
  }
  bare.lastIndex = from;
  const match = bare.exec(text)?.[0];
  return match === undefined ? undefined : { text: trimmed(match, false), start: from, quoted: false };
}

/** Without what closes a bracket or a sentence. */
const trimmed = (value: string, quoted: boolean): string => (quoted ? value : value.replace(/[)\]}.,:!?\\]{1,8}$/, ''));
const isTemplate = (value: string): boolean => /^[${<%*[]|^x+$|^\.{2,}$/i.test(value);
const endsLine = (text: string, at: number): boolean => /^["'`)\]};,\\]{0,6}[ \t]{0,4}(?:[\r\n&|;,}<#]|$)/.test(text.slice(at, at + 14));

/** How likely a value is the secret that its name promises, from 0 (it is not) to 1. */
function scoreOf(value: string, held: NameClass, quoted: boolean, inProse: boolean, last: boolean): number {
  if (standsForSecret(value, quoted) || /\s.*\s/.test(value) || (held !== 'password' && looksMadeUp(value))) return 0;
  const make = makeOf(value);
  if (held === 'weak') return make === 'uuid' || (make === 'hex' && value.length >= 32) || (make === 'random' && value.length >= 20) ? 0.6 : 0;
  if (make === 'uuid' || make === 'hex' || make === 'random') return held === 'secret' ? 0.85 : 0.8;
  if (held === 'password') {
    if (make === 'mixed') return value.length >= 6 ? 0.75 : 0.5;
    if (inProse) return 0;
    if (value.length < 6) return quoted ? 0.4 : 0;
    return last || quoted ? 0.55 : 0.3;
  }
  if (value.length < 6 || make === 'number' || /\s/.test(value)) return 0;
  if (make === 'mixed' && /\d/.test(value) && value.length >= 8) return inProse ? 0.6 : 0.7;
  return inProse || !(last || quoted) ? 0 : 0.35;
}
