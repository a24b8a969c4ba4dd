import type { Origin } from '@/lib/protocol/decision';
import { isSign, saysEnough, standsAlone } from './ordinary';
import { LONGEST_LOOK, Segment, type KeptText, type Source } from './segment';
import { GRAM, gramsOf, wordsOf } from './signature';
import { textOf } from './text-of';
import { viewsOf } from './views';
import type { Work } from './work';

/**
 * What of a session's text is kept to compare with: characters of all readings together, each text counted as at least 64 and by the
 * size of its way back to the original. A character takes one byte or two, its place in the index a little less than two.
 */
export const MOST_KEPT = 4 * 1024 * 1024;
const LEAST_WEIGHT = 64;
/** Nothing longer comes over the wire. */
const MOST_OF_ONE = 256 * 1024;
/** So many sources of one text are named; any that is less trusted than they are as well. */
const MOST_SOURCES = 12;
const MOST_REMEMBERED = 8_192;
export const rankOf: Record<Origin, number> = { operator: 0, user: 1, model: 2, memory: 3, agent: 4, document: 5, tool: 6 };
export const isTrusted = ({ rank }: Source): boolean => rank < rankOf.model;

export type Hit = { readonly text: KeptText; readonly at: number };

/**
 * The texts that the gate has seen in a session, and an index of them. When there is too much, the oldest of what operator, user and
 * model wrote goes first, then the oldest of the rest: so what is found in a text of a person is never there for lack of the untrusted one.
 */
export class SeenTexts {
  private readonly own: Segment[] = [];
  private readonly foreign: Segment[] = [];
  private readonly made = { own: 0, foreign: 0 };
  private kept = 0;
  private readonly most: number;
  /** Everything kept: what operator, user and model wrote, then the rest, each from the oldest on. */
  segments: readonly Segment[] = [];
  private readonly seqs = new Set<number>();
  /** Whether nothing was ever seen. */
  empty = true;
  /** Whether anything was seen that may carry somebody else's instructions. */
  untrusted = false;

  constructor(most = MOST_KEPT) { this.most = most; }

  /** Whether this event's texts were taken, even if they were dropped since; of the latest few thousand. */
  has(seq: number): boolean { return this.seqs.has(seq); }

  /** Takes what an event brought, once: texts, or values with texts in them; spans count in the first that is there. Linear. */
  add(seq: number, origin: Origin, values: readonly unknown[]): void {
    if (this.seqs.has(seq)) return;
    this.empty = false;
    this.seqs.add(seq);
    if (this.seqs.size > MOST_REMEMBERED) this.seqs.delete(this.seqs.values().next().value!);
    const source: Source = { seq, origin, rank: rankOf[origin] };
    this.untrusted ||= source.rank > rankOf.model;
    for (const value of values) {
      if (value === undefined || value === null) continue;
      const text = textOf(value);
      for (const view of viewsOf(text.length > MOST_OF_ONE ? text.slice(0, MOST_OF_ONE) : text)) this.keep({ source, ...view, text: view.text.slice(0, MOST_OF_ONE) });
    }
  }

  private keep(text: KeptText): void {
    const side = text.source.rank > rankOf.model ? 'foreign' : 'own';
    const list = this[side];
    let extra = Math.max(0, LEAST_WEIGHT - text.text.length) + text.steps.reduce((sum, step) => sum + 2 * step.stretches.length, 0);
    for (let from = 0; from < text.text.length;) {
      let open = list.at(-1);
      if (!open || open.full) {
        open = new Segment(this.made[side]++);
        list.push(open);
        this.segments = [...this.own, ...this.foreign];
      }
      const to = open.take(text, from);
      open.weight += to - from + extra;
      this.kept += to - from + extra;
      extra = 0;
      from = to;
      if (this.kept > this.most) this.drop(open);
    }
  }

  private drop(open: Segment): void {
    while (this.kept > this.most) {
      const list = this.own.length > 0 && this.own[0] !== open ? this.own : this.foreign;
      if (list.length === 0 || list[0] === open) break;
      this.kept -= list.shift()!.weight;
    }
    this.segments = [...this.own, ...this.foreign];
  }

  /** Where a folded piece of at most 48 characters stands, once for each source: anywhere, or for a short one and a plain word where it is not part of a longer word. */
  locate(piece: string, work: Work, alone = standsAlone(piece)): Hit[] {
    if (piece.length > LONGEST_LOOK || !saysEnough(piece)) return [];
    return work.once(alone ? piece : `${piece}\0`, () => this.find(piece, work, alone));
  }

  private find(piece: string, work: Work, alone: boolean): Hit[] {
    const hits = new Map<number, Hit>();
    const hashes = piece.length >= GRAM ? gramsOf(piece) : wordsOf(piece);
    if (hashes.length === 0) return [];
    let worst = -1;
    for (const segment of this.segments) {
      if (work.over) break;
      work.spend(Math.min(hashes.length, 6));
      for (let bits = segment.mayHold(hashes, 0, hashes.length); bits !== 0; bits &= bits - 1) {
        for (const { text, start, end } of segment.partsOf(31 - Math.clz32(bits & -bits))) {
          const { source } = text;
          if (hits.has(source.seq) || (hits.size >= MOST_SOURCES && source.rank <= worst)) continue;
          const at = placeIn(text.text, start, Math.min(text.text.length, end + LONGEST_LOOK - 1), piece, alone, work);
          if (at < 0) continue;
          hits.set(source.seq, { text, at });
          worst = Math.max(worst, source.rank);
        }
        if (work.over) break;
      }
    }
    return [...hits.values()];
  }
}

function placeIn(text: string, start: number, end: number, piece: string, alone: boolean, work: Work): number {
  work.spend(20 + ((end - start) >> 3));
  const stretch = text.slice(start, end);
  for (let at = stretch.indexOf(piece); at >= 0; at = stretch.indexOf(piece, at + 1)) {
    const place = start + at;
    if (alone || ((place === 0 || !isSign(text.charCodeAt(place - 1)) || !isSign(piece.charCodeAt(0))) && isEnd(text, place + piece.length, piece))) return place;
    work.spend(4);
  }
  return -1;
}

const isEnd = (text: string, end: number, piece: string): boolean => end >= text.length || !isSign(text.charCodeAt(end)) || !isSign(piece.charCodeAt(piece.length - 1));
