/**
 * A text of somebody else's making as one line that shows what is in it: control, invisible and direction-changing characters are
 * written out as \u{202e}, so that no reader's screen, header or terminal is steered by them. At most `longest` characters; what is
 * left out is said.
 */
export function plainText(text: string, longest = 300): string {
  let shown = '';
  for (const character of text.slice(0, longest * 2)) {
    shown += UNSEEN.test(character) ? `\\u{${character.codePointAt(0)!.toString(16)}}` : character;
    if (shown.length > longest) return `${wholeCharacters(shown, longest)}…`;
  }
  return text.length > longest * 2 ? `${shown}…` : shown;
}

/** Control, format (bidi among them), surrogates, private, unassigned, line and paragraph separators, spaces that look like none, fillers and variation selectors. One character at a time: nothing to backtrack over. */
const UNSEEN = /^[\p{C}\p{Zl}\p{Zp}\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\u115f\u1160\uffa0\u034f\u17b4\u17b5\ufe00-\ufe0f\u{e0100}-\u{e01ef}]$/u;

/** Cut where no character is halved. */
function wholeCharacters(text: string, length: number): string {
  const cut = text.slice(0, length);
  const last = cut.charCodeAt(cut.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut;
}

/** Slack reads these three as markup; nothing else is to be encoded. */
export const escapeSlack = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
