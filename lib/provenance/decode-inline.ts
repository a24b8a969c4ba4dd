import { INVISIBLE } from './fold';
import { bytesToText, rewrite, type Rewritten } from './rewrite';

const ENCODED = new RegExp(
  [
    '(?:%[0-9a-f]{2}){1,512}',
    '&(?:#\\d{1,7};?|#x[0-9a-f]{1,6};?|[a-z]{2,8};)',
    '\\\\(?:u\\{[0-9a-f]{1,6}\\}|u[0-9a-f]{4}|x[0-9a-f]{2}|[nrt"\'\\\\/])',
    '\\+',
    // Within a word, a number or something encoded; elsewhere folding leaves them out anyway.
    `(?<=[a-z0-9+/=%])[${INVISIBLE}]{1,512}(?=[a-z0-9+/=%])`,
    '(?:\\udb40[\\udc20-\\udc7e]){1,512}',
  ].join('|'), 'gi',
);
const SOME = new RegExp(ENCODED.source.replace('|\\+', ''), 'i');
/** Where a plus may stand for a space. */
const FORM = /%[0-9a-f]{2}|[?&][\w.-]{1,64}=/i;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', commat: '@', period: '.', colon: ':', sol: '/', bsol: '\\', lowbar: '_', hyphen: '-', dash: '-', num: '#', plus: '+',
  equals: '=', percnt: '%', excl: '!', quest: '?', lpar: '(', rpar: ')', comma: ',', semi: ';', dollar: '$', ast: '*', tab: '\t', newline: '\n',
};
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', "'": "'", '\\': '\\', '/': '/' };

/** What is written as `%40`, `&#64;`, `\u0040`, `\n` or in tag characters, as it reads; invisible characters are left out. Undefined where there is none of it. */
export function decodeInline(text: string): Rewritten | undefined {
  const form = FORM.test(text);
  if (!form && !SOME.test(text)) return undefined;
  return rewrite(text, ENCODED, (match) => {
    switch (match[0]) {
      case '%': return { text: bytesToText(Buffer.from(match.replaceAll('%', ''), 'hex')), via: 'url' };
      case '+': return form ? { text: ' ', via: 'url' } : undefined;
      case '&': return entity(match);
      case '\\': return escape(match);
      case '\udb40': return { text: match.replace(/\udb40([\udc20-\udc7e])/g, (_, low: string) => String.fromCharCode(low.charCodeAt(0) - 0xdc00)), via: 'escapes' };
      default: return { text: '', via: 'escapes' };
    }
  });
}

function entity(match: string): { text: string; via: 'entities' } | undefined {
  const name = match.slice(1).replace(';', '').toLowerCase();
  if (!name.startsWith('#')) return NAMED[name] === undefined ? undefined : { text: NAMED[name], via: 'entities' };
  const text = character(name[1] === 'x' ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10));
  return text === undefined ? undefined : { text, via: 'entities' };
}

function escape(match: string): { text: string; via: 'escapes' } | undefined {
  const kind = match[1]!;
  const plain = ESCAPED[kind];
  if (plain !== undefined) return { text: plain, via: 'escapes' };
  const text = character(Number.parseInt(match.replace(/[^0-9a-f]/gi, ''), 16));
  return text === undefined ? undefined : { text, via: 'escapes' };
}

/** Halves of a pair come one by one, and stand together again afterwards. */
const character = (code: number): string | undefined => (code > 0x10ffff ? undefined : code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code));
