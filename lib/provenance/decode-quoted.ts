import { rewrite, type Rewritten } from './rewrite';

/** What only a mail's encoding has: a soft line break, an equals sign or a space written out, two bytes of UTF-8, or three bytes in a row. */
const SIGN = /=(?:3D|20|[ \t]{0,8}\r?\n|[C-F][0-9A-F]=[89AB][0-9A-F]|[0-9A-F]{2}=[0-9A-F]{2}=[0-9A-F]{2})/;
const ENCODED = /(?:=[0-9A-Fa-f]{2}|=[ \t]{0,8}\r?\n){1,512}/g;
 
const UNREADABLE = /[\ufffd\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** Quoted-printable as it reads; undefined where there is none. */
export function decodeQuoted(text: string): Rewritten | undefined {
  if (!SIGN.test(text)) return undefined;
  return rewrite(text, ENCODED, (match) => {
    const decoded = Buffer.from(match.replace(/=\s+|=/g, ''), 'hex').toString('utf8');
    return UNREADABLE.test(decoded) ? undefined : { text: decoded, via: 'quoted-printable' };
  });
}
