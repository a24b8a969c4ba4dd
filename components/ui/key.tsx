import type { ReactNode } from 'react';
import { CommandSign } from './glyphs';

/** A key on the keyboard, drawn; screen readers get it from aria-keyshortcuts on the control itself. */
export const Key = ({ children }: { children: ReactNode }) => <span className="key on-desk" aria-hidden="true">{children}</span>;

export const CommandKey = ({ children }: { children: ReactNode }) => <Key><CommandSign />{children}</Key>;
