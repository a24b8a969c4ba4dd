'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import { Menu as MenuIcon } from 'lucide-react';
import { Dialog } from '@/components/ui/dialog';
import type { NavProps } from './nav';
import type { RoomIcons } from './room-icons';
import { allRooms, isCurrent } from './rooms';
import { StopButton } from './stop-button';

const onBar = ['now', 'approvals', 'sessions'] as const;

/** The phone's bottom bar: three rooms, the rest behind More, and STOP, always. */
export function Tabs({ rooms, icons, counts, person, signOut, stopCommand }: NavProps & { icons: RoomIcons; stopCommand: string }) {
  const pathname = usePathname();
  const [more, setMore] = useState(false);
  const rest = allRooms.filter((room) => rooms.includes(room.name) && !onBar.some((name) => name === room.name));
  return (
    <nav className="tabs on-phone" aria-label="Main">
      {allRooms.filter((room) => rooms.includes(room.name) && onBar.some((name) => name === room.name)).map((room) => {
        const count = counts[room.name];
        return (
          <Link key={room.name} href={room.href} prefetch={false} aria-current={isCurrent(room.href, pathname) ? 'page' : undefined}>
            {icons[room.name]}{room.label}
            {count?.tone === 'wait' && count.count > 0 && <span className="count">{count.count > 99 ? '99+' : count.count}</span>}
          </Link>
        );
      })}
      <button type="button" aria-haspopup="dialog" aria-current={rest.some((room) => isCurrent(room.href, pathname)) ? 'page' : undefined} onClick={() => setMore(true)}><MenuIcon size={20} strokeWidth={1.75} aria-hidden="true" />More</button>
      <StopButton command={stopCommand} />
      <Dialog open={more} onClose={() => setMore(false)} title="More" className="sheet" hideTitle>
        <ul onClick={() => setMore(false)}>
          {rest.map((room) => <li key={room.name}><Link href={room.href} prefetch={false} className="item">{icons[room.name]}{room.label}<span className="count" data-tone={counts[room.name]?.tone}>{counts[room.name]?.count || ''}</span></Link></li>)}
        </ul>
        <div className="person"><p><b>{person.name}</b> {person.line}</p>{signOut}</div>
      </Dialog>
    </nav>
  );
}
