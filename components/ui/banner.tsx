import type { ReactNode } from 'react';
import { Glyph } from './glyphs';

/** Full width under the bar. Red only for a stop, hatched only for a lost connection. */
export function Banner({ kind, children, action }: { kind: 'stop' | 'lost'; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="banner" data-kind={kind} role="alert">
      {kind === 'stop' && <Glyph name="stop" />}
      <span>{children}</span>
      {action}
    </div>
  );
}
