import { pointerStep } from './canonical-json';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * One cheap pass over JSON text before it is parsed: the greatest depth, and how many object members it writes (colons
 * outside strings). Says nothing about validity; JSON.parse does that.
 */
export function scanJson(text: string): { depth: number; members: number } {
  let depth = 0;
  let greatest = 0;
  let members = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i);
        break;
      case COLON:
        members++;
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++depth > greatest) greatest = depth;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
    }
  }
  return { depth: greatest, members };
}

/** The JSON Pointer of the first key that its object already has. Only for valid JSON; slow, and only run to name a refusal. */
export function findDuplicateKey(text: string): string {
  type Level = { keys: Set<string> | undefined; step: string | number };
  const levels: Level[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const level = levels.at(-1);
    if (code === OPEN_OBJECT) levels.push({ keys: new Set(), step: '' });
    else if (code === OPEN_ARRAY) levels.push({ keys: undefined, step: 0 });
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) levels.pop();
    else if (code === 0x2c && level && typeof level.step === 'number') level.step++;
    else if (code === QUOTE) {
      const end = endOfString(text, i);
      if (level?.keys && followedByColon(text, end)) {
        const key = JSON.parse(text.slice(i, end + 1)) as string;
        level.step = key;
        if (level.keys.has(key)) return levels.map(({ step }) => pointerStep(step)).join('');
        level.keys.add(key);
      }
      i = end;
    }
  }
  return '';
}

/** Index of the quote that closes the string opened at `open`; the text's end when none does. */
function endOfString(text: string, open: number): number {
  let end = open;
  do {
    end = text.indexOf('"', end + 1);
    if (end === -1) return text.length;
  } while (isEscaped(text, end, open));
  return end;
}

function isEscaped(text: string, at: number, open: number): boolean {
  let backslashes = 0;
  for (let i = at - 1; i > open && text.charCodeAt(i) === BACKSLASH; i--) backslashes++;
  return backslashes % 2 === 1;
}

function followedByColon(text: string, end: number): boolean {
  for (let i = end + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === COLON) return true;
    if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return false;
  }
  return false;
}
