/** What a reader cannot see, or takes for something else: control, format (bidi among them), surrogates, private, unassigned, line and paragraph separators, spaces that look like none, fillers and variation selectors. */
const UNSEEN = '\\p{C}\\p{Zl}\\p{Zp}\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u2800\\u3000\\u3164\\u115f\\u1160\\uffa0\\u034f\\u17b4\\u17b5\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}';
const every = new RegExp(`[${UNSEEN}]`, 'gu');
const one = new RegExp(`^[${UNSEEN}]$`, 'u');

export const isUnseen = (character: string): boolean => one.test(character);
export const replaceUnseen = (text: string, write: (character: string) => string): string => text.replaceAll(every, write);
