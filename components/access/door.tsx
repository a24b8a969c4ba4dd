import type { ReactNode } from 'react';
import { Mark, Seal } from '@/components/ui/glyphs';

type DoorProps = {
  title: string;
  lede: ReactNode;
  /** The address and the environment of this server, so that nobody types a password into another. */
  server: { host: string; environment: string };
  you: { name?: string; note: string };
  children: ReactNode;
};

/** The frame of the pages that are seen before signing in. */
export function Door({ title, lede, server, you, children }: DoorProps) {
  return (
    <main className="door">
      <div className="door-desk">
        <div className="door-name"><Mark size={24} />Countersign</div>
        <div className="door-middle">
          <h1>{title}</h1>
          <p className="lede">{lede}</p>
          <div className="door-slots">
            <div className="door-slot"><Seal name="policy" /><div><b>This server</b><span className="mono">{server.host}</span>, {server.environment}.</div></div>
            <div className="door-slot" data-open><Seal name="asked" tone="wait" /><div><b>{you.name ?? 'You'}</b>{you.note}</div></div>
          </div>
          {children}
        </div>
        <p className="door-foot">Cannot sign in and must stop something? <span className="mono">countersign stop --help</span> works without this page.</p>
      </div>
      <div className="door-picture" aria-hidden="true">
        <svg viewBox="0 0 32 32" fill="none" strokeWidth="6">
          <path stroke="var(--line)" d="M15 5A9 9 0 0 0 15 23" />
          <path stroke="var(--hand-line)" strokeWidth=".1" strokeDasharray=".4 .4" d="M17 30A12 12 0 0 0 17 6M17 24A6 6 0 0 0 17 12M17 6V12M17 24V30" />
        </svg>
      </div>
    </main>
  );
}
