import type { SessionEventView, Unloaded } from './view';

export type TimelineMode = 'timeline' | 'compact' | 'full';
export type LaneLine = 'none' | 'start' | 'line' | 'saw-start' | 'saw';

export type TimelineRow =
  | { kind: 'event'; key: string; event: SessionEventView; lines: LaneLine[] }
  | { kind: 'folded'; key: string; events: SessionEventView[]; lines: LaneLine[] }
  | { kind: 'idle'; key: string; ms: number; lines: LaneLine[] }
  | { kind: 'gap'; key: string; from: number; to: number }
  | { kind: 'unloaded'; key: string; from: number; to: number };

/** A pause longer than this is drawn as one short row. */
const idleMs = 60_000;

/** Allowed reads fold; denies, asks, taint and people never do. A missing number is a gap, unless it was merely not loaded. */
export function timelineRows(events: readonly SessionEventView[], lanes: number, mode: TimelineMode, unloaded: readonly Unloaded[] = []): TimelineRow[] {
  const rows: TimelineRow[] = [];
  const lines = new LaneLines(lanes);
  let before: SessionEventView | undefined;
  let fold: SessionEventView[] = [];
  const endFold = () => {
    if (fold.length === 0) return;
    const first = fold[0]!;
    if (fold.length === 1) rows.push({ kind: 'event', key: `e${first.seq}`, event: first, lines: lines.now() });
    else rows.push({ kind: 'folded', key: `f${first.seq}`, events: fold, lines: lines.now() });
    fold = [];
  };
  for (const event of events) {
    if (before && event.seq > before.seq + 1) {
      endFold();
      rows.push(...between(before.seq + 1, event.seq - 1, unloaded));
    } else if (before && Date.parse(event.at) - Date.parse(before.at) > idleMs && mode !== 'compact') {
      endFold();
      rows.push({ kind: 'idle', key: `i${event.seq}`, ms: Date.parse(event.at) - Date.parse(before.at), lines: lines.now() });
    }
    before = event;
    if (mode === 'compact' && !stands(event)) {
      lines.pass(event);
      continue;
    }
    if (mode === 'timeline' && folds(event) && (fold.length === 0 || fold[0]!.lane === event.lane)) {
      if (fold.length === 0) lines.pass(event);
      fold.push(event);
      continue;
    }
    endFold();
    if (mode === 'timeline' && folds(event)) {
      lines.pass(event);
      fold.push(event);
      continue;
    }
    rows.push({ kind: 'event', key: `e${event.seq}`, event, lines: lines.at(event) });
  }
  endFold();
  const last = unloaded.find((range) => before && range.from === before.seq + 1);
  if (last) rows.push({ kind: 'unloaded', key: `u${last.from}`, ...last });
  return rows;
}

const folds = (event: SessionEventView) => Boolean(event.foldable) && (event.verdict === 'allow' || event.verdict === undefined) && !event.taint && (event.kind === 'action' || event.kind === 'result');

/** What stays in the compact view: what people did or must do, what was refused, what came from outside. */
const stands = (event: SessionEventView) => Boolean(event.taint === 'source' || event.kind === 'person' || event.kind === 'approval' || event.kind === 'finding' || event.kind === 'stop' || (event.verdict && event.verdict !== 'allow'));

function between(from: number, to: number, unloaded: readonly Unloaded[]): TimelineRow[] {
  const rows: TimelineRow[] = [];
  let at = from;
  for (const range of unloaded) {
    if (range.to < at || range.from > to) continue;
    if (range.from > at) rows.push({ kind: 'gap', key: `g${at}`, from: at, to: range.from - 1 });
    rows.push({ kind: 'unloaded', key: `u${range.from}`, from: Math.max(at, range.from), to: Math.min(to, range.to) });
    at = range.to + 1;
  }
  if (at <= to) rows.push({ kind: 'gap', key: `g${at}`, from: at, to });
  return rows;
}

/** Which lanes run past a row: a lane begins with its first event, and turns into the saw where untrusted text enters it. */
class LaneLines {
  private readonly state: ('none' | 'line' | 'saw')[];
  constructor(lanes: number) {
    this.state = Array.from({ length: lanes }, (_, index) => (index === 0 ? 'line' : 'none'));
  }

  now(): LaneLine[] {
    return [...this.state];
  }

  at(event: SessionEventView): LaneLine[] {
    const lines = this.now();
    const was = this.state[event.lane] ?? 'none';
    this.pass(event);
    const is = this.state[event.lane] ?? 'none';
    if (was === 'none') lines[event.lane] = is === 'saw' ? 'saw-start' : 'start';
    else if (was === 'line' && is === 'saw') lines[event.lane] = 'saw-start';
    return lines;
  }

  pass(event: SessionEventView) {
    if (event.lane >= this.state.length) return;
    if (event.taint) this.state[event.lane] = 'saw';
    else if (this.state[event.lane] === 'none') this.state[event.lane] = 'line';
  }
}
