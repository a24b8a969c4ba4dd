import { unseenKind } from '@/components/ui/unseen-characters';

/**
 * A value as JSON in which whatever cannot be seen as it is stands as its escape: the same JSON, and nothing in it hides, turns the text
 * around or is piled over other lines. As text it is one piece, where a box for each of forty thousand would stall a phone.
 */
export function rawJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return text.replace(/(?<=\p{M}{3})\p{M}/gu, escaped).replace(/[^\t\n\x20-\x7e]/gu, (character) => (unseenKind(character.codePointAt(0)!) === null ? character : escaped(character)));
}

const escaped = (character: string) => Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
