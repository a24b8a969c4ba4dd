'use client';

import { useId, useRef, type KeyboardEvent, type ReactNode } from 'react';

type Props = { label: string; trigger: ReactNode; triggerClass?: string; children: ReactNode; size?: 'large'; disabled?: boolean };

/** `trigger`: words, or a picture that is as wide as it is high. A button that discloses a short list of acts, in the browser's top layer. Arrow keys move, Escape closes and gives focus back. */
export function Menu({ label, trigger, triggerClass = 'button', children, size, disabled }: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  // The browser opens it; only its place beside the button is ours.
  const place = () => {
    const from = button.current?.getBoundingClientRect();
    const popover = list.current;
    if (!from || !popover) return;
    const above = from.top > window.innerHeight / 2;
    popover.style.setProperty('right', `${Math.max(8, window.innerWidth - from.right)}px`);
    popover.style.setProperty(above ? 'bottom' : 'top', `${above ? window.innerHeight - from.top + 6 : from.bottom + 6}px`);
    popover.style.setProperty(above ? 'top' : 'bottom', 'auto');
    requestAnimationFrame(() => items(popover)[0]?.focus());
  };
  return (
    <>
      <button ref={button} type="button" className={triggerClass} data-icon-only={typeof trigger === 'string' ? undefined : ''} data-size={size} aria-label={label} popoverTarget={id} onClick={place} disabled={disabled}>{trigger}</button>
      <div ref={list} id={id} popover="auto" className="popover" onKeyDown={step} onClick={(event) => (event.target as Element).closest('button, a') && list.current?.hidePopover()}>{children}</div>
    </>
  );
}

const items = (popover: Element) => [...popover.querySelectorAll<HTMLElement>('.item:not(:disabled)')];

function step(event: KeyboardEvent<HTMLDivElement>) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const all = items(event.currentTarget);
  const at = all.indexOf(document.activeElement as HTMLElement);
  all.at((at + (event.key === 'ArrowDown' ? 1 : -1) + all.length) % all.length)?.focus();
}
