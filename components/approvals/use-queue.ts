'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { useHints, useStands } from '@/components/live/live-provider';
import { writeAsk, type QueueAsk } from './queue-address';
import { stillLeft } from './hold-order';
import { placeOf, withStretch } from './queue-stretch';
import type { ApprovalRow, QueueCounts, QueueGroupRow, QueueStretch } from './view';

/** Between two readings: often enough for a card to appear at once, seldom enough for a busy minute to stay readable (milliseconds). */
const REST_MS = 60;
/** Numbers may be of so long ago, rows may not. */
const COUNT_MS = 700;
const AGAIN_AFTER_MS = 1_500;
const ROWS = 100;
/** A reading that takes longer is given up and begun anew: nobody waits for one that hangs (milliseconds). */
const PATIENCE_MS = 10_000;

type Read = { query: string; rows: readonly ApprovalRow[]; whole: boolean; counts: QueueCounts; groups: readonly QueueGroupRow[] | null; left: readonly ApprovalRow[]; at: string; reading: boolean; failed: string | null };
type Held = { since: string; ids: readonly string[] } | null;

/** What of the queue is known here, and what is read of it: the stretch that is looked at, again whenever something moved, and further ones as it is scrolled. */
export function useQueue(ask: QueueAsk, first: QueueStretch, held: Held) {
  const query = writeAsk(ask);
  const stands = useStands();
  // The page brings the list that nobody asked for by an address; any other is read from here.
  const [state, setState] = useState<Read>(() => (query === '' || stands ? { query, ...first, counts: first.counts ?? none, reading: false, failed: null } : nothing(query, first)));
  if (state.query !== query && !stands) setState(nothing(query, first, state));
  const order = { show: ask.show, sort: ask.sort };
  const now = useRef({ query, held, order, rows: state.rows, looked: 0, read: 0 });
  useEffect(() => { now.current = { ...now.current, query, held, order, rows: state.rows }; });

  const counted = useRef(0);
  const uncounted = useRef(false);
  const countedFor = useRef<string>(undefined);
  const read = useCallback(async (after: string | null) => {
    const { query: asked, held: holding, order: by } = now.current;
    const params = new URLSearchParams(asked);
    if (after !== null) params.set('after', after);
    if (holding) params.set('since', holding.since);
    if (holding && holding.ids.length > 0) params.set('also', holding.ids.slice(0, 60).join(','));
    params.set('limit', String(ROWS));
    const counting = Date.now() - counted.current > COUNT_MS || asked !== countedFor.current;
    if (!counting) params.set('counted', 'no');
    const answer = await fetch(`/approvals/rows?${params.toString()}`, { cache: 'no-store', headers: { accept: 'application/json' }, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) throw new Error(answer.status === 401 ? 'You are no longer signed in.' : 'The queue could not be read.');
    const stretch = (await answer.json()) as QueueStretch;
    uncounted.current = stretch.counts === null;
    if (stretch.counts) { counted.current = Date.now(); countedFor.current = asked; }
    setState((before) => {
      if (before.query !== asked) return before;
      return { ...before, ...withStretch(before, stretch, after, by), counts: stretch.counts ?? before.counts, groups: stretch.groups, left: holding ? stillLeft(before.left, stretch.left) : [], at: stretch.at, reading: false, failed: null };
    });
  }, []);

  const busy = useRef(false);
  const again = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const later = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(() => {});
  const refresh = useCallback(() => {
    if (document.hidden) { again.current = true; return; }
    if (busy.current || timer.current) { again.current = true; return; }
    clearTimeout(later.current);
    busy.current = true;
    again.current = false;
    const { rows, looked, order: by } = now.current;
    now.current.read = looked;
    const before = looked > 0 ? rows[looked - 1] : undefined;
    read(before ? placeOf(before, by) : null)
      .then(() => REST_MS, (error: unknown) => { setState((was) => ({ ...was, failed: error instanceof Error && error.name === 'Error' ? error.message : 'The console did not answer.' })); again.current = true; return AGAIN_AFTER_MS; })
      .then((rest) => {
        busy.current = false;
        timer.current = setTimeout(() => {
          timer.current = undefined;
          if (again.current) latest.current();
          // The last word of a busy while is counted too.
          else if (uncounted.current) later.current = setTimeout(() => latest.current(), COUNT_MS);
        }, rest);
      }, () => undefined);
  }, [read]);
  useEffect(() => { latest.current = refresh; });
  useHints(TOPICS, refresh);
  useEffect(() => {
    const seen = () => { if (!document.hidden && again.current) refresh(); };
    document.addEventListener('visibilitychange', seen);
    return () => { document.removeEventListener('visibilitychange', seen); clearTimeout(timer.current); clearTimeout(later.current); timer.current = undefined; };
  }, [refresh]);
  // Another list is read as soon as it is asked for, and what a page brought along may be of a while ago.
  useEffect(() => { if (!stands) refresh(); }, [query, refresh, stands]);

  const more = useRef(false);
  const readMore = useCallback(() => {
    const last = now.current.rows.at(-1);
    if (more.current || !last || stands) return;
    more.current = true;
    read(placeOf(last, now.current.order)).catch(() => undefined).finally(() => { more.current = false; });
  }, [read, stands]);
  /** Says from which row on the list is looked at, so that this is what is read again. */
  const look = useCallback((from: number) => {
    now.current.looked = Math.max(0, from - ROWS / 4);
    // What was read a while ago and has been scrolled to since is read again, also where nothing moves.
    if (Math.abs(now.current.looked - now.current.read) > ROWS / 2 && !stands) refresh();
  }, [refresh, stands]);
  return { ...state, refresh, readMore, look };
}

const none: QueueCounts = { yours: 0, others: 0, matching: 0, fresh: 0, decided: 0 };
const TOPICS = ['approvals', 'switches', 'sessions'];
const nothing = (query: string, first: QueueStretch, before?: Read): Read => ({ query, rows: [], whole: false, counts: before?.counts ?? first.counts ?? none, groups: null, left: [], at: first.at, reading: true, failed: null });
