import type { SessionEventView } from './view';

export type RulerTick = { x: number; kind: 'plain' | 'person' | 'ask' | 'deny' | 'stop' };
export type RulerMarks = { ticks: RulerTick[]; taintFrom: number | null; breaks: number[] };

/** A pause is drawn this short, in milliseconds of the ruler. */
const pauseMs = 20_000;
const mostTicks = 100;

/** Places events from 0 to 1 by time, with long pauses cut short. Of one kind, at most one mark in each hundredth of the width. */
export function rulerMarks(events: readonly SessionEventView[]): RulerMarks {
  if (events.length === 0) return { ticks: [], taintFrom: null, breaks: [] };
  let at = 0;
  let before = Date.parse(events[0]!.at);
  const cuts: number[] = [];
  const places = events.map((event) => {
    const time = Date.parse(event.at) || before;
    const passed = Math.max(0, time - before);
    if (passed > pauseMs * 3) cuts.push(at + pauseMs / 2);
    at += Math.min(passed, pauseMs);
    before = time;
    return at;
  });
  const length = at || 1;
  const drawn = new Set<string>();
  const ticks = events.flatMap((event, index): RulerTick[] => {
    const kind = tickKind(event);
    const x = places[index]! / length;
    const bucket = `${kind} ${Math.round(x * mostTicks)}`;
    if (drawn.has(bucket)) return [];
    drawn.add(bucket);
    return [{ x, kind }];
  });
  const source = events.findIndex((event) => event.taint === 'source');
  return { ticks, taintFrom: source === -1 ? null : places[source]! / length, breaks: cuts.map((cut) => cut / length) };
}

function tickKind(event: SessionEventView): RulerTick['kind'] {
  if (event.kind === 'stop') return 'stop';
  if (event.kind === 'person') return 'person';
  return event.verdict === 'ask' ? 'ask' : event.verdict === 'deny' ? 'deny' : 'plain';
}
