import { isOwn } from '@/lib/inspect';
import type { LiveSummary } from './live-summary';
import { newPlacesExpected } from './new-places';
import { own } from './own';
import type { ReadArguments } from './read-arguments';
import { figureNames, type Baseline, type BehaviourView, type FigureName, type Figures, type ReasonKind } from './schema';
import { excess, outside } from './spread';
import * as words from './words';

/** What a live session is held against. */
export type History =
  | { kind: 'known'; baseline: Baseline; everywhere: ReadonlySet<string>; view: NonNullable<BehaviourView['history']> }
  | { kind: 'none'; why: 'too_few' | 'unavailable' };

/** The call that is being decided. `counted`: the session's figures hold it already. */
export type Look = { tool: string; read: ReadArguments; sent: number; costE4: number; nowMs: number; counted?: boolean; /** The organisation's own domains: nothing that goes there is new. */ own?: readonly string[] };

export type Reason = { kind: ReasonKind; points: number; path?: string; say: () => string };
export type Weighed = {
  history: boolean;
  /** From 0 (as always) to 100. */
  score: number;
  /** The heaviest first, each kind once. */
  reasons: Reason[];
  firstSeenTool: boolean;
  firstSeenDestination: boolean;
};

/** What each kind of difference weighs alone, at most. Several add up as chances do: never beyond 100. */
export const weights: Record<ReasonKind, number> = {
  first_seen_destination: 55, first_seen_tool: 50, unusual_count: 45, unusual_rate: 45, unusual_size: 40, unusual_number: 40, unusual_volume: 40, unusual_denials: 40, unusual_tool_count: 30,
  unusual_records: 40, unusual_cost: 30, unusual_tokens: 30, unusual_output: 30, unusual_duration: 20, unusual_order: 20, unusual_shape: 15,
};

/** What a figure's deviation is at least: a difference of so little is none. */
const floors: Record<FigureName, number> = { calls: 2, denied: 1, perMinute: 3, sent: 256, read: 1_024, said: 256, records: 5, tokens: 500, costE4: 1_000, seconds: 60 };
const kindOf: Record<FigureName, ReasonKind> = {
  calls: 'unusual_count', denied: 'unusual_denials', perMinute: 'unusual_rate', sent: 'unusual_volume', read: 'unusual_volume', said: 'unusual_output', records: 'unusual_records', tokens: 'unusual_tokens', costE4: 'unusual_cost', seconds: 'unusual_duration',
};
const SIZE_FLOOR = 64;
const TOOL_COUNT_FLOOR = 1;
/** A step from one tool to the next is judged from so many steps on, and is rare below this share of them. */
const LEAST_MOVES = 20;
const RARE_MOVE = 0.02;
const SMOOTHING = 0.5;
const LEAST_CALLS = 10;
/** A place seen elsewhere, though never here, counts for half. */
const ELSEWHERE = 0.5;

const nothing: Weighed = { history: false, score: 0, reasons: [], firstSeenTool: false, firstSeenDestination: false };

/** How far this call, and the session with it, is from what the agent usually does. Pure, and as quick after a million calls as after one. */
export function weigh(history: History, live: LiveSummary, look: Look): Weighed {
  if (history.kind === 'none') return nothing;
  const { baseline } = history;
  const best = new Map<ReasonKind, { strength: number; reason: Reason }>();
  const add: Add = (kind, strength, say, path) => {
    if (!(strength > 0) || strength <= (best.get(kind)?.strength ?? 0)) return;
    best.set(kind, { strength, reason: { kind, points: Math.round(weights[kind] * Math.min(1, strength)), say, ...(path === undefined ? {} : { path }) } });
  };
  weighFigures(baseline, figuresWith(live, look), add);
  const firstSeenTool = weighTool(baseline, live, look, add);
  const firstSeenDestination = weighDestinations(history, look, add);
  // Chances that each alone is an accident, multiplied: every reason raises the score, and none makes it more than 100.
  let usual = 1;
  for (const { strength, reason } of best.values()) usual *= 1 - (weights[reason.kind] / 100) * Math.min(1, strength);
  const reasons = [...best.values()].map(({ reason }) => reason).filter(({ points }) => points > 0).sort((a, b) => b.points - a.points || (a.kind < b.kind ? -1 : 1));
  return { history: true, score: Math.min(100, Math.round(100 * (1 - usual))), reasons, firstSeenTool, firstSeenDestination };
}

type Add = (kind: ReasonKind, strength: number, say: () => string, path?: string) => void;

function figuresWith(live: LiveSummary, { nowMs, sent, costE4, counted }: Look): Figures {
  const figures = live.figures(nowMs);
  const one = counted ? 0 : 1;
  return { ...figures, calls: figures.calls + one, sent: figures.sent + one * sent, costE4: figures.costE4 + one * costE4, perMinute: live.perMinute(nowMs) + one };
}

function weighFigures(baseline: Baseline, figures: Figures, add: Add): void {
  for (const name of figureNames) {
    const spread = baseline.figures[name];
    const strength = excess(figures[name], spread, floors[name]);
    if (strength > 0) add(kindOf[name], strength, () => words.figure(name, figures[name], spread.median));
  }
}

/** The tool itself, how often, after which, and with what; answers whether it was never called before. */
function weighTool(baseline: Baseline, live: LiveSummary, { tool: name, read, counted }: Look, add: Add): boolean {
  const tool = own(baseline.tools, name);
  if (!tool) {
    // Where not all tools found room in the baseline, this one may have been called before.
    const sure = baseline.calls / (baseline.calls + baseline.moreTools + LEAST_CALLS);
    add('first_seen_tool', sure, () => words.firstTool(name, baseline));
    return true;
  }
  const calls = live.callsOf(name) + (counted ? 0 : 1);
  add('unusual_tool_count', excess(calls, tool.perSession, TOOL_COUNT_FLOOR), () => words.toolCount(name, calls, tool.perSession.median));
  add('unusual_size', excess(read.size, tool.size, SIZE_FLOOR), () => words.size(read.size, tool.size.median));
  const moves = counted ? undefined : own(baseline.moves, live.last);
  if (moves && moves.n >= LEAST_MOVES) {
    const before = own(moves.next, name) ?? 0;
    const chance = (before + SMOOTHING) / (moves.n + SMOOTHING * (Object.keys(moves.next).length + 1));
    add('unusual_order', 1 - chance / RARE_MOVE, () => words.order(name, live.last, before, moves.n));
  }
  for (const leaf of read.leaves) {
    const field = own(tool.fields, leaf.path);
    if (!field) {
      if (tool.calls >= LEAST_CALLS && !tool.moreFields) add('unusual_shape', 1, () => words.newField(name, leaf.path, tool.calls), leaf.at);
      continue;
    }
    if (field.n >= LEAST_CALLS && !field.kinds.includes(leaf.kind)) add('unusual_shape', 1, () => words.otherKind(leaf.path, leaf.kind, field.n), leaf.at);
    if (leaf.number !== undefined && field.number) {
      const { number } = field;
      const value = leaf.number;
      add('unusual_number', outside(value, number, Number.MIN_VALUE), () => words.number(leaf.path, value, number.median), leaf.at);
    }
  }
  return false;
}

/** Where the arguments lead; answers whether one leads where the agent never was. How much that says depends on how often it goes to new places. */
function weighDestinations({ baseline, everywhere }: Extract<History, { kind: 'known' }>, { tool: name, read, own: ours = [] }: Look, add: Add): boolean {
  const tool = own(baseline.tools, name);
  let first = false;
  for (const leaf of read.leaves) {
    if (leaf.domains.length === 0) continue;
    const field = tool && own(tool.fields, leaf.path);
    const seen = field?.seen ?? 0;
    const base = seen > 0 ? seen : (tool?.calls ?? baseline.calls);
    const strength = (base / (base + 2)) * (1 - newPlacesExpected(field));
    for (const domain of leaf.domains) {
      if ((field && own(field.domains, domain) !== undefined) || isOwn(domain, ours)) continue;
      if (everywhere.has(domain)) add('first_seen_destination', ELSEWHERE * strength, () => words.elsewhere(domain, leaf.path, name, tool?.calls ?? 0), leaf.at);
      else {
        first = true;
        add('first_seen_destination', strength, () => words.neverSeen(domain, baseline), leaf.at);
      }
    }
  }
  return first;
}
