'use client';

import { useLayoutEffect, useRef } from 'react';
import { tinykeys } from 'tinykeys';

const storageKey = 'cs-single-keys';

/** Single-key shortcuts can be switched off, as WCAG 2.1.4 asks; chords with a modifier stay. */
export const singleKeysOn = () => {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
};

export const setSingleKeys = (on: boolean) => {
  try {
    localStorage.setItem(storageKey, on ? 'on' : 'off');
  } catch {
    // A browser that keeps nothing keeps the default.
  }
};

type Handlers = Record<string, (event: KeyboardEvent) => void>;

/**
 * Binds keys while the component stands. They are silent while a person types or a dialog is open. They are bound in the moment in
 * which the page changes, not a while after it: a key that follows at once must mean the card that is seen, never the one before it.
 */
export function useShortcuts(handlers: Handlers) {
  const latest = useRef(handlers);
  useLayoutEffect(() => {
    latest.current = handlers;
  });
  const keys = Object.keys(handlers).join(' ');
  useLayoutEffect(() => {
    const bound = Object.fromEntries(Object.keys(latest.current).map((key) => [key, (event: KeyboardEvent) => {
      const modified = event.metaKey || event.ctrlKey || event.altKey;
      if (!modified && (typing(event.target) || !singleKeysOn())) return;
      if (document.querySelector('dialog[open]') && key !== 'Escape') return;
      latest.current[key]?.(event);
    }]));
    return tinykeys(window, bound);
  }, [keys]);
}

/** ⌘⇧K or Ctrl+Shift+K: STOP, also while a person types or a dialog is open. It overrides everything, so no setting switches it off. */
export function useStopChord(press: () => void) {
  const latest = useRef(press);
  useLayoutEffect(() => {
    latest.current = press;
  });
  useLayoutEffect(() => tinykeys(window, { '$mod+Shift+k': (event) => {
    event.preventDefault();
    latest.current();
  } }), []);
}

const typing = (target: EventTarget | null) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
