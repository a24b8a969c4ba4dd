'use client';

import { useSyncExternalStore } from 'react';

const never = () => () => undefined;

/** False in what the server drew until the page's program has taken it over: a press before that would be lost, so nothing may look as if it took one. */
export const useHydrated = (): boolean => useSyncExternalStore(never, () => true, () => false);
