'use client';

import { createContext, useContext, useEffect, useState, useSyncExternalStore, type ReactNode } from 'react';
import { LiveClient, type LivePhase, type LiveState } from './live-client';
import { AnnouncerProvider } from './announcer';
import { readPagesPatiently } from './read-pages-patiently';
import { concerns } from './recent-hints';

/** A state that doesn't move, for a page that is not connected on purpose. */
export type Still = { phase: LivePhase; heardAgoMs: number };
type Live = { client: LiveClient; renderedAt: number; still: Still | undefined };

const Context = createContext<Live | null>(null);

/** `renderedAt`: the server's clock in epoch milliseconds, so that the first drawing is the same on both sides. */
export function LiveProvider({ renderedAt, still, children }: { renderedAt: number; still?: Still; children: ReactNode }) {
  const [client] = useState(() => new LiveClient(renderedAt));
  useEffect(() => readPagesPatiently(), []);
  useEffect(() => {
    if (still) return;
    client.start();
    return () => client.stop();
  }, [client, still]);
  return <Context value={{ client, renderedAt, still }}><AnnouncerProvider>{children}</AnnouncerProvider></Context>;
}

function useLiveContext(): Live {
  const live = useContext(Context);
  if (!live) throw new Error('LiveProvider is missing above this component');
  return live;
}

const unheard: LiveState = { phase: 'connecting', heardAt: null };

/** Whether what the page shows is alive, and when the server was last heard by its own clock. */
export function useLive(): LiveState & { retry: () => void } {
  const { client, still, renderedAt } = useLiveContext();
  const state = useSyncExternalStore(client.watch, client.getState, () => unheard);
  if (still) return { phase: still.phase, heardAt: renderedAt - still.heardAgoMs, retry: client.retry };
  return { ...state, retry: client.retry };
}

/** Whether the page is not connected on purpose, so that nothing is read again either. */
export const useStands = (): boolean => useLiveContext().still !== undefined;

/** The server's time, once a second, in epoch milliseconds. Never the browser's clock. */
export function useServerNow(): number {
  const { client, renderedAt, still } = useLiveContext();
  return useSyncExternalStore(
    still ? never : everySecond,
    () => (still ? renderedAt : Math.floor(client.serverNow() / 1000) * 1000),
    () => renderedAt,
  );
}

const never = () => () => undefined;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for every clock and countdown of the page. */
function everySecond(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((each) => each()), 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Calls back when one of the topics was hinted at. A topic ending in `:` stands for all that begin with it. */
export function useHints(topics: readonly string[], onHint: () => void) {
  const { client, still } = useLiveContext();
  const key = topics.join(' ');
  useEffect(() => {
    if (still) return;
    const wanted = key.split(' ');
    if (client.missed(wanted)) onHint();
    return client.hear((heard) => {
      if (concerns(heard, wanted)) onHint();
    });
  }, [client, still, key, onHint]);
}

/** Says that this card is being read while the page is looked at; the names of those who read it too. A connection that is gone knows of nobody. */
export function useOthers(approvalId: string): readonly string[] {
  const { client, still } = useLiveContext();
  const others = useSyncExternalStore(client.watch, client.getOthers, client.getOthers);
  const { phase } = useSyncExternalStore(client.watch, client.getState, () => unheard);
  useEffect(() => {
    if (still) return;
    const say = () => client.look(document.hidden ? null : approvalId);
    say();
    document.addEventListener('visibilitychange', say);
    return () => { document.removeEventListener('visibilitychange', say); client.look(null); };
  }, [approvalId, client, still]);
  return phase === 'live' && others.approvalId === approvalId ? others.names : none;
}

const none: readonly string[] = [];
