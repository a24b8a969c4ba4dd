'use client';

import { useEffect } from 'react';
import { useRouter } from 'next/navigation';
import { useServerNow } from './live-provider';

/** Reads the page again once the next of these times, by the server's clock, is over: nobody sends a hint when time alone changes what is true. */
export function RefreshAt({ times }: { times: readonly string[] }) {
  const router = useRouter();
  const now = useServerNow();
  const passed = times.filter((time) => Date.parse(time) < now).length;
  useEffect(() => {
    if (passed > 0) router.refresh();
  }, [passed, router]);
  return null;
}
