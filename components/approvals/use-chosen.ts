'use client';

import { useCallback, useRef, useState } from 'react';
import type { ApprovalRow } from './view';

export type Chosen = ReturnType<typeof useChosen>;

/** Which rows a person has chosen, one by one, as a stretch, or all that the address shows. Another list begins with none. */
export function useChosen(rows: readonly ApprovalRow[], query: string) {
  const [state, setState] = useState<{ query: string; choosing: boolean; picked: ReadonlyMap<string, ApprovalRow>; all: { total: number; until: string } | null }>({ query, choosing: false, picked: new Map(), all: null });
  const own = state.query === query ? state : { query, choosing: state.choosing, picked: new Map<string, ApprovalRow>(), all: null };
  const last = useRef<string>(undefined);
  const known = useRef(rows);
  known.current = rows; // eslint-disable-line react-hooks/refs -- only read where somebody presses
  const change = useCallback((next: (picked: Map<string, ApprovalRow>) => void) => setState((before) => {
    const picked = new Map(before.query === query ? before.picked : []);
    next(picked);
    return { query, choosing: true, picked, all: null };
  }), [query]);
  const find = (id: string) => known.current.find((row) => row.id === id);
  const add = useCallback((ids: readonly string[]) => change((picked) => { for (const id of ids) { const row = find(id); if (row) picked.set(id, row); } }), [change]);
  const toggle = useCallback((id: string) => {
    last.current = id;
    change((picked) => { const row = find(id); if (!picked.delete(id) && row) picked.set(id, row); });
  }, [change]);
  /** With Shift everything from the last one that was chosen to here. */
  const choose = useCallback((id: string, range: boolean) => {
    const ids = known.current.map((row) => row.id);
    const [from, to] = [last.current === undefined ? -1 : ids.indexOf(last.current), ids.indexOf(id)];
    if (range && from !== -1 && to !== -1) add(ids.slice(Math.min(from, to), Math.max(from, to) + 1));
    else toggle(id);
  }, [add, toggle]);
  return {
    choosing: own.choosing, picked: own.picked, all: own.all, count: own.all ? own.all.total : own.picked.size, ids: own.picked, add, toggle, choose,
    turn: () => setState({ query, choosing: !own.choosing, picked: new Map(), all: null }),
    takeAll: (total: number, until: string) => setState({ query, choosing: true, picked: new Map(known.current.map((row) => [row.id, row])), all: { total, until } }),
    clear: () => setState({ query, choosing: false, picked: new Map(), all: null }),
  };
}
