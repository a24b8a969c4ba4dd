import type { ReactNode } from 'react';

export type ChipTone = 'taint' | 'ok' | 'open';

export function Chip({ tone, icon, onDesk = false, children }: { tone?: ChipTone; icon?: ReactNode; /** Not on a phone. */ onDesk?: boolean; children: ReactNode }) {
  return <span className={onDesk ? 'chip on-desk' : 'chip'} data-tone={tone}>{icon}{children}</span>;
}

/** A chip that is pressed to choose among a few. */
export function ChipToggle({ on, onClick, children }: { on: boolean; onClick: () => void; children: ReactNode }) {
  return <button type="button" className="chip" aria-pressed={on} onClick={onClick}>{children}</button>;
}
