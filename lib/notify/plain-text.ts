import { isUnseen } from '@/lib/unseen-characters';

/**
 * A text of somebody else's making as one line that shows what is in it: control, invisible and direction-changing characters are
 * written out as \u{202e}, so that no reader's screen, header or terminal is steered by them. At most `longest` characters; what is
 * left out is said.
 */
export function plainText(text: string, longest = 300): string {
  let shown = '';
  for (const character of text.slice(0, longest * 2)) {
    shown += isUnseen(character) ? `\\u{${character.codePointAt(0)!.toString(16)}}` : character;
    if (shown.length > longest) return `${wholeCharacters(shown, longest)}…`;
  }
  return text.length > longest * 2 ? `${shown}…` : shown;
}

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
