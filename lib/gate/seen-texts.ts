import type { Origin } from '@/lib/protocol/decision';

type Seen = { seq: number; origin: Origin; folded: string };

/** How much of a session's text is kept to compare with (characters); what was dropped makes unknown text count as the model's, never as trusted. */
const MAX_KEPT = 400_000;
/** Shorter texts are in everything. */
const MIN_MATCH = 4;
const trust: Record<Origin, number> = { operator: 0, user: 1, model: 2, memory: 3, agent: 4, document: 5, tool: 6 };

export type TextSource = { origin: Origin; seq?: number; also: { origin: Origin; seq: number }[] };

/** The texts that the gate has seen in a session, and where a piece of them came from. */
export class SeenTexts {
  private readonly texts: Seen[] = [];
  private kept = 0;

  get empty(): boolean { return this.texts.length === 0; }

  add(seq: number, origin: Origin, text: string): void {
    const folded = fold(text.length > MAX_KEPT ? text.slice(0, MAX_KEPT) : text);
    this.texts.push({ seq, origin, folded });
    this.kept += folded.length;
    while (this.kept > MAX_KEPT && this.texts.length > 1) this.kept -= this.texts.shift()!.folded.length;
  }

  /** Whence this text came: of all the sources that hold it, or a long piece of it, the least trusted one, and the others. */
  sourceOf(text: string): TextSource {
    const found = new Map<number, Origin>();
    for (const piece of pieces(text)) {
      for (const seen of this.texts) if (!found.has(seen.seq) && seen.folded.includes(piece)) found.set(seen.seq, seen.origin);
    }
    if (found.size === 0) return { origin: 'model', also: [] };
    const ordered = [...found].map(([seq, origin]) => ({ seq, origin })).sort((a, b) => trust[b.origin] - trust[a.origin] || b.seq - a.seq);
    const [worst, ...also] = ordered;
    return { origin: worst!.origin, seq: worst!.seq, also: also.slice(0, 8) };
  }
}

const fold = (text: string): string => text.toLowerCase().replace(/\s+/g, ' ');

/** The text itself, what is decoded from it, and for a long one its sentences and lines. */
function pieces(text: string): string[] {
  const folded = fold(text).trim();
  if (folded.length < MIN_MATCH) return [];
  const list = [folded];
  if (/%[0-9a-f]{2}/.test(folded)) {
    try { list.push(fold(decodeURIComponent(folded))); } catch { /* not an encoding after all */ }
  }
  // A path is often put together from a listing: its last part is what was read.
  const last = /^[^\s]*[/\\]([^\s/\\]{6,})$/.exec(folded)?.[1];
  if (last) list.push(last);
  const address = folded.match(/[^\s<>"',;:]+@[^\s<>"',;]+/g);
  if (address) list.push(...address.slice(0, 50));
  if (folded.length > 60) list.push(...text.split(/[\n.!?;]+/).map((part) => fold(part).trim()).filter((part) => part.length >= 24).slice(0, 200));
  return list;
}
