'use client';

import { useLayoutEffect, useRef } from 'react';

/** Room for the rows of a long list that are not drawn. Its height is set from script, as no style attribute may pass the content policy. */
export function Space({ height }: { height: number }) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    ref.current?.style.setProperty('height', `${Math.max(0, height)}px`);
  }, [height]);
  return <div ref={ref} aria-hidden="true" />;
}
