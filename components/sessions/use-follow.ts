'use client';

import { useEffect, useRef, useState, type RefObject } from 'react';

type Options = { scroller: RefObject<HTMLElement | null>; count: number; live: boolean; startAtEnd: boolean; toEnd: () => void };

const nearEnd = 48;

/** Stays at the newest event until the person scrolls away, then counts what they have not seen. */
export function useFollow({ scroller, count, live, startAtEnd, toEnd }: Options) {
  const [following, setFollowing] = useState(live && startAtEnd);
  const [seen, setSeen] = useState(count);
  const byUs = useRef(false);
  useEffect(() => {
    if (!following) return;
    byUs.current = true;
    toEnd();
    // Following means following the count; the callback is new on every draw.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [count, following]);
  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < nearEnd;
    if (byUs.current && atEnd) byUs.current = false;
    else if (!byUs.current) {
      // While it followed, everything so far was seen.
      if (atEnd || following) setSeen(count);
      setFollowing(live && atEnd);
    }
  };
  return {
    onScroll,
    waiting: live && !following ? Math.max(0, count - seen) : 0,
    pause: () => {
      byUs.current = false;
      if (following) setSeen(count);
      setFollowing(false);
    },
    resume: () => setFollowing(true),
  };
}
