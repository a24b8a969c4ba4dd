import type { ReactNode } from 'react';
import { ConsoleFrame } from '@/components/shell/console-frame';
import type { Still } from '@/components/live/live-provider';
import { now } from './fixtures/clock';

const live: Still = { phase: 'live', heardAgoMs: 2_000 };
export const lost: Still = { phase: 'lost', heardAgoMs: 41_000 };

export function KitFrame({ still = live, notices, children }: { still?: Still; notices?: ReactNode; children: ReactNode }) {
  return (
    <ConsoleFrame
      environment={{ name: 'production', region: 'eu-west' }} stopCommand="npx countersign stop agent/support-triage --control https://control.halden.example:8443" renderedAt={now} still={still} notices={notices}
      rooms={['now', 'approvals', 'sessions', 'policies', 'log', 'agents', 'settings']} person={{ name: 'Mara Lindqvist', line: 'On shift until 08:00 · security' }}
      counts={{ now: { count: 8 }, approvals: { count: 5, tone: 'wait' }, sessions: { count: 14 } }}
    >
      {children}
    </ConsoleFrame>
  );
}
