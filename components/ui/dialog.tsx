'use client';

import { useEffect, useId, useLayoutEffect, useRef, type ReactNode } from 'react';

type Props = { open: boolean; onClose: () => void; title: string; children: ReactNode; className?: string; hideTitle?: boolean; /** It is closed by what stands in it alone: Escape and a press beside it do nothing. */ stays?: boolean };

/** The browser's own modal dialog: focus is held inside, Escape closes, what lies behind is inert. No library, no inline style. */
export function Dialog({ open, onClose, title, children, className = '', hideTitle, stays = false }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  // Taken off the page while it is open it would leave the focus nowhere; closed first, it gives it back to what opened it.
  useLayoutEffect(() => {
    const dialog = ref.current;
    return () => dialog?.close();
  }, []);
  // A browser closes a dialog at the second Escape whatever the page says; one that stays is opened again.
  const closed = () => (stays && open ? ref.current?.showModal() : onClose());
  return (
    <dialog ref={ref} className={`dialog ${className}`} aria-labelledby={id} onCancel={(event) => stays && event.preventDefault()} onClose={closed} onClick={(event) => event.target === ref.current && !stays && onClose()}>
      <h2 id={id} className={hideTitle ? 'live-region' : undefined}>{title}</h2>
      {open && children}
    </dialog>
  );
}
