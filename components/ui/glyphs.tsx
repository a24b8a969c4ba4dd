import type { ReactNode } from 'react';

type GlyphProps = { size?: number };

/** The mark: the machine's stroke and the person's. */
export function Mark({ size = 20 }: GlyphProps) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} fill="none" strokeWidth="6" aria-hidden="true">
      <path stroke="var(--text)" d="M15 5A9 9 0 0 0 15 23" />
      <path stroke="var(--hand)" d="M17 27A9 9 0 0 0 17 9" />
    </svg>
  );
}

export const glyphs = {
  allow: <path d="M3.5 8.5 6.5 11.5M7.5 11.8 13 4.5" />,
  asked: <><path d="M7 2.25a4.75 4.75 0 0 0 0 9.5" strokeWidth="2.4" /><path d="M9 14a4.75 4.75 0 0 0 0-9.5" strokeWidth="1" /></>,
  partly: <><path d="M7 2.25a4.75 4.75 0 0 0 0 9.5" strokeWidth="2.4" /><path d="M13.75 9.25A4.75 4.75 0 0 0 9 4.5" strokeWidth="2.4" /><path d="M9 14a4.75 4.75 0 0 0 4.75-4.75" strokeWidth="1" /></>,
  policy: <path d="M9 3a5 5 0 0 0 0 10" strokeWidth="2.4" />,
  approved: <><path d="M7.25 3a5 5 0 0 0 0 10" /><path d="M8.75 13a5 5 0 0 0 0-10" /></>,
  used: <><path d="M7.25 3a5 5 0 0 0 0 10" /><path d="M8.75 13a5 5 0 0 0 0-10" /><circle cx="8" cy="8" r="1.6" fill="currentColor" stroke="none" /></>,
  denied: <><path d="M8 3a5 5 0 0 0 0 10" /><path d="M11.5 2v12" strokeWidth="2.4" /></>,
  expired: <path d="M7.25 3a5 5 0 0 0 0 10" strokeDasharray="1.7 1.6" />,
  cancelled: <><path d="M7.25 3a5 5 0 0 0 0 10" strokeDasharray="1.7 1.6" /><path d="M10 6l4 4M14 6l-4 4" strokeWidth="1.5" /></>,
  verified: <><path d="M7.25 3a5 5 0 0 0 0 10" /><path d="M8.75 13a5 5 0 0 0 0-10" /><path d="M5.8 8.2 7.4 9.8 10.4 6.4" strokeWidth="1.6" /></>,
  broken: <><path d="M7.25 3a5 5 0 0 0 0 10" /><path d="M8.75 13a5 5 0 0 0 0-10" strokeDasharray="1.7 1.6" /><path d="M6 6l4 4M10 6l-4 4" strokeWidth="1.6" /></>,
  doing: <><circle cx="8" cy="8" r="5" /><path d="M8 3a5 5 0 0 1 0 10z" fill="currentColor" stroke="none" /></>,
  todo: <circle cx="8" cy="8" r="5" strokeWidth="1.6" strokeDasharray="2 1.9" />,
  done: <><circle cx="8" cy="8" r="6" fill="currentColor" stroke="none" /><path d="m5.3 8.2 1.9 1.9 3.6-4.2" stroke="var(--canvas)" strokeWidth="1.7" /></>,
  stop: <path d="M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3z" fill="currentColor" stroke="none" />,
  untrusted: <path d="M9.5 1 6 4l3.5 3L6 10l3.5 3L8 15" strokeWidth="1.9" strokeLinejoin="miter" />,
} satisfies Record<string, ReactNode>;

export type GlyphName = keyof typeof glyphs;

export function Glyph({ name, size = 16 }: GlyphProps & { name: GlyphName }) {
  return <svg viewBox="0 0 16 16" width={size} height={size} fill="none" stroke="currentColor" strokeWidth="2" aria-hidden="true">{glyphs[name]}</svg>;
}

/** A glyph in the colour of its meaning. `closing` plays the one gesture: the right half rises into place. */
export function Seal({ name, tone, size = 16, closing }: GlyphProps & { name: GlyphName; tone?: 'wait' | 'hand' | 'ok' | 'stop' | 'taint' | 'text' | undefined; closing?: boolean }) {
  return <span className="seal" data-tone={tone} data-closing={closing || undefined}><Glyph name={name} size={size} /></span>;
}

const arrow = { viewBox: '0 0 12 12', fill: 'none', stroke: 'currentColor', strokeWidth: 1.5 } as const;

export const ArrowLeft = ({ size = 12, label }: GlyphProps & { label?: string }) => <svg {...arrow} width={size} height={size} {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}><path d="M10.5 6h-9M5 2.5 1.5 6 5 9.5" /></svg>;
export const ArrowDown = ({ size = 12 }: GlyphProps) => <svg {...arrow} width={size} height={size} aria-hidden="true"><path d="M6 1.5v9M2.5 7 6 10.5 9.5 7" /></svg>;

export function CommandSign({ size = 10 }: GlyphProps) {
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} fill="none" stroke="currentColor" strokeWidth="1.2" aria-hidden="true">
      <path d="M4 4h4v4H4zM4 4H2.8A1.3 1.3 0 1 1 4 2.8zM8 4V2.8A1.3 1.3 0 1 1 9.2 4zM8 8h1.2A1.3 1.3 0 1 1 8 9.2zM4 8v1.2A1.3 1.3 0 1 1 2.8 8z" />
    </svg>
  );
}

export function ShiftSign({ size = 10 }: GlyphProps) {
  return <svg viewBox="0 0 12 12" width={size} height={size} fill="none" stroke="currentColor" strokeWidth="1.2" strokeLinejoin="round" aria-hidden="true"><path d="M6 1.2 1.4 6H4v4.6h4V6h2.6z" /></svg>;
}

/** The sign of what came from outside, as tall as its row. */
export const Saw = () => <i className="saw" aria-hidden="true" />;
