import { OffsetsBuilder } from './offsets';
import type { Rewritten } from './rewrite';

const VALUE = /[?&;][\w.[\]-]{1,64}=([^\s&;#"'<>]{8,4000})/g;
const MOST = 4;

/** The values of a link's query, each as a text of its own; what is written as `%20` in them is for another reading. */
export function decodeQuery(text: string): Rewritten[] {
  if (!text.includes('=')) return [];
  const found: Rewritten[] = [];
  for (const { 0: match, 1: value, index } of text.matchAll(VALUE)) {
    if (found.length >= MOST) break;
    const from = index + match.length - value!.length;
    const offsets = new OffsetsBuilder();
    offsets.add(value!.length, from, from + value!.length);
    found.push({ text: value!.replaceAll('+', ' '), offsets: offsets.done(), via: 'url' });
  }
  return found;
}
