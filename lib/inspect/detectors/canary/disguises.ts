/** A way to write a canary down so that it is not found by looking for it. `squeezed` forms are looked for among lower-case letters and digits alone, the others among base64's characters. */
export type Disguise = { name: string; squeezed: boolean; form: string };

const squeeze = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '');
const bytes = (text: string): string[] => Array.from(Buffer.from(text, 'latin1'), String);
const codes = (text: string, write: (code: number) => string): string => Array.from(Buffer.from(text, 'latin1'), write).join('');
const rot13 = (text: string): string => text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 84) % 26) + 97));

/** The base64 of a text that stands anywhere in another: for each of the three places in a group of three bytes, the characters that nothing around it changes. */
export function base64Cores(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from('\0'.repeat(offset) + text, 'latin1').toString('base64').replace(/=+$/, '');
    return encoded.slice(offset === 0 ? 0 : offset + 1, Math.floor(((offset + text.length) * 8) / 6));
  });
}

/** All disguises of one canary that are looked for. */
export function disguisesOf(canary: string): Disguise[] {
  const plain = squeeze(canary);
  const reversed = [...plain].reverse().join('');
  const inner = [canary, canary.toUpperCase(), plain];
  return [
    { name: 'plain', squeezed: true, form: plain },
    { name: 'reversed', squeezed: true, form: reversed },
    { name: 'rotated', squeezed: true, form: rot13(plain) },
    // Digits that stand for characters, with anything between them: `63 73 63`, `99,115,99`, `&#x63;`, `\u0063`, `%63`.
    { name: 'hexadecimal', squeezed: true, form: codes(canary, (code) => code.toString(16).padStart(2, '0')) },
    { name: 'hexadecimal', squeezed: true, form: codes(plain, (code) => code.toString(16).padStart(2, '0')) },
    { name: 'hexadecimal', squeezed: true, form: codes(canary, (code) => `x${code.toString(16)}`) },
    { name: 'escaped', squeezed: true, form: codes(canary, (code) => `u00${code.toString(16)}`) },
    { name: 'decimal', squeezed: true, form: bytes(canary).join('') },
    { name: 'binary', squeezed: true, form: codes(canary, (code) => code.toString(2).padStart(8, '0')) },
    ...inner.flatMap((text) => base64Cores(text)).map((form) => ({ name: 'base64', squeezed: false, form })),
    ...base64Cores(canary).flatMap((once) => base64Cores(once)).map((form) => ({ name: 'base64', squeezed: false, form })),
  ];
}
