'use client';

import { useEffect, useId, useRef, type ReactNode } from 'react';

type Props = { open: boolean; onClose: () => void; title: string; children: ReactNode; className?: string; hideTitle?: boolean };

/** The browser's own modal dialog: focus is held inside, Escape closes, what lies behind is inert. No library, no inline style. */
export function Dialog({ open, onClose, title, children, className = '', hideTitle }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog ref={ref} className={`dialog ${className}`} aria-labelledby={id} onClose={onClose} onClick={(event) => event.target === ref.current && onClose()}>
      <h2 id={id} className={hideTitle ? 'live-region' : undefined}>{title}</h2>
      {open && children}
    </dialog>
  );
}
