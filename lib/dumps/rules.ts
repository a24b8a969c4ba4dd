import { canonicalJson } from '@/lib/protocol/canonical-json';
import type { ContextEntry } from './schema';

/** How much of a session's texts a dump holds (bytes); what is older is named and left out. */
export const MOST_TEXT_BYTES = 1024 * 1024;

/** The newest texts that fit, in order, each whole. What came before keeps its place and loses its text, and is counted. */
export function boundContext(entries: readonly ContextEntry[], most = MOST_TEXT_BYTES): { entries: ContextEntry[]; leftOut: number } {
  let left = most;
  let leftOut = 0;
  const bounded = [...entries].reverse().map((entry) => {
    if (entry.text === null || entry.text === undefined) return { ...entry, text: null };
    const bytes = Buffer.byteLength(canonicalJson(entry.text));
    // Once one is left out, so is everything older: a context with holes in the middle reads as whole.
    if (leftOut > 0 || bytes > left) { leftOut++; return { ...entry, text: null }; }
    left -= bytes;
    return entry;
  });
  return { entries: bounded.reverse(), leftOut };
}
