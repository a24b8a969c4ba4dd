'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { Fragment, type ReactNode } from 'react';
import type { RoomIcons } from './room-icons';
import { allRooms, isCurrent, type RoomCounts, type RoomName } from './rooms';

/** `signOut`: what ends this sign-in, drawn by the server so that it weighs nothing here; absent where nobody is signed in. */
export type NavProps = { rooms: readonly RoomName[]; counts: RoomCounts; person: { name: string; line: string }; signOut?: ReactNode };

export function Nav({ rooms, icons, counts, person, signOut }: NavProps & { icons: RoomIcons }) {
  const pathname = usePathname();
  const shown = allRooms.filter((room) => rooms.includes(room.name));
  return (
    <nav className="nav" aria-label="Main">
      {shown.map((room, index) => (
        <Fragment key={room.name}>
          {room.group === 2 && shown[index - 1]?.group === 1 && <hr />}
          <Link href={room.href} prefetch={false} aria-current={isCurrent(room.href, pathname) ? 'page' : undefined}>
            {icons[room.name]}{room.label}
            {counts[room.name] !== undefined && counts[room.name]!.count > 0 && <span className="count" data-tone={counts[room.name]!.tone}>{counts[room.name]!.count.toLocaleString('en')}</span>}
          </Link>
        </Fragment>
      ))}
      <div className="me">
        <Link href="/settings" prefetch={false}><b className="ellipsis">{person.name}</b><span className="ellipsis">{person.line}</span></Link>
        {signOut}
      </div>
    </nav>
  );
}
