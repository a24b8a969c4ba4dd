'use client';

import { useCallback, useEffect, useRef, useState } from 'react';

export const armedForMs = 8_000;

/** Arm, then fire on a second target that lies elsewhere. Disarms by itself after eight seconds, and on Escape. */
export function useArmed<What>() {
  const [armed, setArmed] = useState<{ what: What; until: number } | null>(null);
  const [secondsLeft, setSecondsLeft] = useState(0);
  const target = useRef<HTMLButtonElement>(null);
  const from = useRef<HTMLElement | null>(null);

  const arm = useCallback((what: What) => {
    from.current ??= document.activeElement instanceof HTMLElement ? document.activeElement : null;
    setArmed({ what, until: performance.now() + armedForMs });
    setSecondsLeft(armedForMs / 1000);
  }, []);
  const disarm = useCallback(() => {
    setArmed(null);
    // The control that armed may have been drawn anew meanwhile: it is known by its data-arm.
    requestAnimationFrame(() => {
      const before = from.current;
      from.current = null;
      const key = before?.dataset.arm;
      (before?.isConnected ? before : key ? document.querySelector<HTMLElement>(`[data-arm="${CSS.escape(key)}"]`) : null)?.focus();
    });
  }, []);

  useEffect(() => {
    if (!armed) return;
    target.current?.focus();
    const timer = setInterval(() => {
      const left = armed.until - performance.now();
      if (left <= 0) disarm();
      else setSecondsLeft(Math.ceil(left / 1000));
    }, 250);
    const escape = (event: KeyboardEvent) => event.key === 'Escape' && disarm();
    window.addEventListener('keydown', escape);
    return () => {
      clearInterval(timer);
      window.removeEventListener('keydown', escape);
    };
  }, [armed, disarm]);

  return { armed: armed?.what ?? null, secondsLeft, arm, disarm, target };
}
