import type { ReactNode } from 'react';
import { Glyph } from './glyphs';

/** Full width under the bar. Red only for a stop, hatched only for a lost connection, dashed for what waits on you. */
export function Banner({ kind, children, action }: { kind: 'stop' | 'lost' | 'wait'; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="banner" data-kind={kind} role={kind === 'wait' ? 'status' : 'alert'}>
      {kind === 'stop' && <Glyph name="stop" />}
      {kind === 'wait' && <Glyph name="asked" />}
      <span>{children}</span>
      {action}
    </div>
  );
}
