'use client';

import { createContext, useCallback, useContext, useRef, useState, type ReactNode } from 'react';
import { X } from 'lucide-react';
import { Seal, type GlyphName } from './glyphs';

export type Toast = { glyph: GlyphName; title: string; second?: string; href?: string; linkText?: string };

const Context = createContext<(toast: Toast) => void>(() => undefined);

/** Says what happened and to whom; never the only place where it is said. Two at most, ten seconds each. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<(Toast & { id: number })[]>([]);
  const next = useRef(0);
  const remove = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback((toast: Toast) => {
    const id = next.current++;
    setToasts((all) => [...all.slice(-1), { ...toast, id }]);
    setTimeout(() => remove(id), 10_000);
  }, [remove]);
  return (
    <Context value={show}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map((toast) => (
          <div key={toast.id} className="toast">
            <Seal name={toast.glyph} />
            <div><b>{toast.title}</b>{toast.second && <div className="text-12 text-text-3">{toast.second}</div>}</div>
            {toast.href && <a className="link reach" href={toast.href}>{toast.linkText ?? 'Open'}</a>}
            <button type="button" aria-label="Dismiss" className="p-1 text-text-3" onClick={() => remove(toast.id)}><X size={14} aria-hidden="true" /></button>
          </div>
        ))}
      </div>
    </Context>
  );
}

export const useToast = () => useContext(Context);
