import { parse } from 'shell-quote';
import { boolType, longType, recordOf, setOf, stringType } from '../cedar/value-type';
import { fact, unreadable, type FactReader } from './fact';

const assignment = /^[A-Za-z_][A-Za-z0-9_]*\+?=/;

/**
 * A command line. `programs` are the names at the start of each part; `simple` means one program with plain words:
 * no pipes, lists, redirections, substitutions, variables, patterns or assignments. Only a simple line's words are what will run.
 */
export const command: FactReader = {
  type: recordOf({ programs: setOf(stringType), words: setOf(stringType), operators: boolType, simple: boolType, count: longType }),
  read(raw) {
    const text = Array.isArray(raw) ? undefined : raw;
    if (typeof text !== 'string' || text.trim() === '' || text.length > 32_000) return unreadable('must be a command line of at most 32,000 characters');
     
    if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text)) return unreadable('holds control characters');
    if (!balanced(text)) return unreadable('has a quote that is never closed');
    // A shell substitutes these even inside double quotes, where the parser below sees plain text.
    let plain = !/[`$\n\\!{}~]/.test(text);
    let operators = /[`\n]|\$\(/.test(text);
    const programs = new Set<string>();
    const words = new Set<string>();
    let atStart = true;
    let count = 0;
    for (const entry of parse(text, (name: string) => `$${name}`)) {
      if (typeof entry !== 'string') {
        plain = false;
        // The parser begins a comment inside a word (`a#b; rm x`), where a shell does not: what follows was not read.
        if (!('op' in entry)) {
          operators = true;
          continue;
        }
        if (entry.op === 'glob') words.add(entry.pattern);
        else {
          operators = true;
          atStart = !/[<>]/.test(entry.op);
        }
        continue;
      }
      count += 1;
      words.add(entry);
      if (!atStart) continue;
      if (assignment.test(entry)) {
        plain = false;
        continue;
      }
      programs.add(entry.slice(entry.lastIndexOf('/') + 1));
      atStart = false;
    }
    if (programs.size === 0) return unreadable('names no program');
    return fact({ programs: [...programs], words: [...words], operators, simple: plain && !operators && programs.size === 1, count });
  },
};

function balanced(text: string): boolean {
  let quote = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote === '') {
      if (char === '\\') at += 1;
      else if (char === '"' || char === "'") quote = char;
    } else if (quote === '"' && char === '\\') at += 1;
    else if (char === quote) quote = '';
  }
  return quote === '';
}
