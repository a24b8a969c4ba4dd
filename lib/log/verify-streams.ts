import { GENESIS_HEAD, linkHash, readPlace } from './chain';
import type { StreamHead } from './head-tree';
import type { Finding } from './verify-findings';

/** Takes findings as they are made. */
export type Report = (finding: Finding) => void;

type Gap = { from: number; to: number; finding: Extract<Finding, { kind: 'event_missing' }> };
type StreamState = { seq: number; head: string; gaps: Gap[]; troubled: boolean };

const HEX32 = /^[0-9a-f]{64}$/;
/** How the canonical JSON of an event ends: its members are sorted, so these three are its own last ones. */
const PLACE = /"seq":([1-9][0-9]{0,14}),"stream":"([ !#-[\]-~]{1,256})","type":"[ !#-[\]-~]{0,128}"\}$/;
const PLACE_BYTES = 460;

/** The second half of "missing": an event that turns up late was moved, not dropped. Holes remembered a stream, at most. */
const MAX_GAPS = 64;

/**
 * Follows the chains of all streams of an export, one event at a time. After a break it goes on from what the file says,
 * so that one change is one finding. Holds one small record a stream and nothing an event.
 */
export class StreamChains {
  readonly #streams = new Map<string, StreamState>();
  readonly #moved = new Set<string>();
  readonly #report: Report;
  #sinceCheckpoint = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Events read since the last checkpoint. */
  get uncovered(): number {
    return this.#sinceCheckpoint;
  }

  /** Takes a stream's position as given, from a checkpoint that is believed. */
  begin({ stream, seq, head }: StreamHead): void {
    this.#streams.set(stream, { seq, head, gaps: [], troubled: false });
  }

  /** Follows one event; false when its bytes are no event, or its hash is none. */
  follow(body: Buffer, hash: string): boolean {
    const place = placeOf(body);
    if (!place || !HEX32.test(hash)) return false;
    const { stream, seq } = place;
    let state = this.#streams.get(stream);
    if (!state) this.#streams.set(stream, (state = { seq: 0, head: GENESIS_HEAD, gaps: [], troubled: false }));
    this.#moved.add(stream);
    this.#sinceCheckpoint++;
    if (seq <= state.seq) this.#late(state, stream, seq);
    else {
      if (seq > state.seq + 1) this.#gap(state, stream, state.seq + 1, seq - 1);
      else if (linkHash(state.head, body) !== hash) this.#trouble(state, { kind: 'event_changed', stream, seq });
      state.seq = seq;
      state.head = hash;
    }
    return true;
  }

  /**
   * Compares every stream that moved with the heads that a checkpoint covers, and goes on from those. `headOf` is what
   * the checkpoint's tree says; it has been held against the signed root before.
   */
  settle(checkpoint: number, listed: Iterable<string>, headOf: (stream: string) => StreamHead | undefined): void {
    for (const stream of new Set([...this.#moved, ...listed])) {
      const state = this.#streams.get(stream) ?? { seq: 0, head: GENESIS_HEAD, gaps: [], troubled: false };
      const head = headOf(stream);
      if (!head) this.#report({ kind: 'event_uncovered', stream, from: 1, to: state.seq, checkpoint });
      else if (state.seq < head.seq) this.#report({ kind: 'stream_cut', stream, from: state.seq + 1, to: head.seq, checkpoint });
      else if (state.seq > head.seq) this.#report({ kind: 'event_uncovered', stream, from: head.seq + 1, to: state.seq, checkpoint });
      else if (state.head !== head.head && !state.troubled) this.#report({ kind: 'stream_rewritten', stream, seq: head.seq, checkpoint });
      if (head) this.begin(head);
    }
    this.forget();
  }

  /** Ends a segment without comparing: its checkpoint's heads can't be believed. */
  forget(): void {
    for (const stream of this.#moved) {
      const state = this.#streams.get(stream);
      if (state) Object.assign(state, { gaps: [], troubled: false });
    }
    this.#moved.clear();
    this.#sinceCheckpoint = 0;
  }

  #gap(state: StreamState, stream: string, from: number, to: number): void {
    const finding = { kind: 'event_missing' as const, stream, from, to };
    this.#trouble(state, finding);
    if (state.gaps.length < MAX_GAPS) state.gaps.push({ from, to, finding });
  }

  #late(state: StreamState, stream: string, seq: number): void {
    const at = state.gaps.findIndex(({ from, to }) => seq >= from && seq <= to);
    const gap = state.gaps[at];
    if (!gap) return this.#trouble(state, { kind: 'event_repeated', stream, seq });
    if (gap.from < gap.to) {
      // Part of the hole is filled: what remains on either side is still missing.
      const { to } = gap;
      if (seq === gap.from) gap.finding.from = gap.from = seq + 1;
      else gap.finding.to = gap.to = seq - 1;
      if (seq > gap.from && seq < to) this.#gap(state, stream, seq + 1, to);
      return this.#trouble(state, { kind: 'event_out_of_order', stream, seq });
    }
    state.gaps.splice(at, 1);
    const finding: Finding = gap.finding;
    Object.assign(finding, { kind: 'event_out_of_order', seq });
  }

  #trouble(state: StreamState, finding: Finding): void {
    state.troubled = true;
    this.#report(finding);
  }
}

/** Where the event says that it stands. Read off its end where that is plain, which spares parsing all of it; else by parsing. */
function placeOf(body: Buffer): { stream: string; seq: number } | undefined {
  const match = PLACE.exec(body.toString('latin1', Math.max(0, body.length - PLACE_BYTES)));
  return match ? { seq: Number(match[1]), stream: match[2] as string } : readPlace(body.toString('utf8'));
}
