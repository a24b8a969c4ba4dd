'use client';

import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';

type Openings = { opened: ReadonlySet<string>; open: (path: string) => void };

const Context = createContext<Openings>({ opened: new Set(), open: () => undefined });

/** Remembers which folded values of a page were opened, so that an action may wait for them. */
export function OpeningsProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set());
  const open = useCallback((path: string) => setOpened((before) => new Set(before).add(path)), []);
  return <Context value={useMemo(() => ({ opened, open }), [opened, open])}>{children}</Context>;
}

export const useOpenings = () => useContext(Context);
