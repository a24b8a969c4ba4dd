const invisible = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]/g;

/** One spelling of what looks the same: compatibility forms folded, what nobody sees taken out. */
export const plain = (text: string): string => text.normalize('NFKC').replace(invisible, '');

/** The words of a name such as `send_email`, `GmailSendEmail` or `calendar.events.list`, in lower case. */
export function nameWords(name: string): string[] {
  return plain(name.slice(0, 300))
    .replace(/(\p{Lu}{2,30})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '');
}

/**
 * What several forms of one word have in common: "messages", "messaging" and "message" alike. Only good for comparing.
 */
export function stem(word: string): string {
  let text = word;
  if (text.length > 4 && text.endsWith('ies')) text = `${text.slice(0, -3)}y`;
  else if (text.length > 4 && /(?:ss|sh|ch|x|z)es$/.test(text)) text = text.slice(0, -2);
  else if (text.length > 3 && /[^siu]s$/.test(text)) text = text.slice(0, -1);
  if (text.length > 5 && text.endsWith('ing')) text = undoubled(text.slice(0, -3));
  else if (text.length > 4 && text.endsWith('ed') && !text.endsWith('eed')) text = undoubled(text.slice(0, -2));
  if (text.length >= 5 && text.endsWith('e')) text = text.slice(0, -1);
  return text.endsWith('y') && text.length > 2 ? `${text.slice(0, -1)}i` : text;
}

const undoubled = (text: string): string => (/([bdgmnprt])\1$/.test(text) ? text.slice(0, -1) : text);

/** A list of words, written as one line of text. */
export const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
export const stems = (text: string): Set<string> => new Set(words(text).map(stem));
