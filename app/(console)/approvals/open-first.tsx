'use client';

import { useRouter } from 'next/navigation';
import { useEffect } from 'react';

/** On a desk the first that waits opens beside the list, at its own address: what a person then decides stays under their hand. */
export function OpenFirst({ address }: { address: string }) {
  const router = useRouter();
  useEffect(() => {
    if (window.matchMedia('(min-width: 720px)').matches) router.replace(address, { scroll: false });
    // Once, for the first that is there; what comes after it opens nothing by itself.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return null;
}
