/** A text as a Cedar string literal: what Cedar would read otherwise is escaped, so that no name can end the literal. */
export function quoted(text: string): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (char === '"' || char === '\\') out += `\\${char}`;
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x206f) || code === 0xfeff) out += `\\u{${code.toString(16)}}`;
    else out += char;
  }
  return `${out}"`;
}

/** A sentence for people: no line feeds, nothing invisible, not without end. */
export const sentence = (text: string): string => quoted(text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd').slice(0, 400));
