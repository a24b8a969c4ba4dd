import type { ReactNode } from 'react';
import { LiveProvider, type Still } from '@/components/live/live-provider';
import { ToastProvider } from '@/components/ui/toast';
import { BackLineProvider } from './back-line';
import { Bar, type BarProps } from './bar';
import { LostBanner } from './freshness';
import { Nav, type NavProps } from './nav';
import { roomIcons } from './room-icons';
import { Tabs } from './tabs';

export type ConsoleFrameProps = BarProps & NavProps & {
  /** The server's clock in epoch milliseconds when this was drawn. */
  renderedAt: number;
  /** For a gallery: a connection state that doesn't move. */
  still?: Still;
  /** Standing notices under the bar, such as an engaged global stop. */
  notices?: ReactNode;
  children: ReactNode;
};

/** What stands around every page of the console. */
export function ConsoleFrame({ renderedAt, still, notices, children, environment, stopCommand, search, rooms, counts, person, signOut }: ConsoleFrameProps) {
  return (
    <LiveProvider renderedAt={renderedAt} {...(still && { still })}>
      <ToastProvider>
        <BackLineProvider>
          <a href="#main" className="skip-link">Skip to the content</a>
          <div className="app">
            <Bar environment={environment} stopCommand={stopCommand} rooms={rooms} search={search} />
            <Nav rooms={rooms} icons={roomIcons(16)} counts={counts} person={person} signOut={signOut} />
            <main id="main" className="main" tabIndex={-1}>{notices}<LostBanner />{children}</main>
            <Tabs rooms={rooms} icons={roomIcons(20)} counts={counts} person={person} signOut={signOut} stopCommand={stopCommand} />
          </div>
        </BackLineProvider>
      </ToastProvider>
    </LiveProvider>
  );
}
