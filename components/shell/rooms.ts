export type RoomName = 'now' | 'approvals' | 'sessions' | 'policies' | 'log' | 'agents' | 'alerts' | 'settings';
export type Room = { name: RoomName; label: string; href: string; group: 1 | 2 };

export const allRooms: readonly Room[] = [
  { name: 'now', label: 'Now', href: '/', group: 1 },
  { name: 'approvals', label: 'Approvals', href: '/approvals', group: 1 },
  { name: 'sessions', label: 'Sessions', href: '/sessions', group: 1 },
  { name: 'policies', label: 'Policies', href: '/policies', group: 1 },
  { name: 'log', label: 'Log', href: '/log', group: 1 },
  { name: 'agents', label: 'Agents', href: '/agents', group: 2 },
  { name: 'alerts', label: 'Alerts', href: '/alerts', group: 2 },
  { name: 'settings', label: 'Settings', href: '/settings', group: 2 },
];

/** What needs the person (amber), what is stopped (red), or just how many. */
export type RoomCount = { count: number; tone?: 'wait' | 'stop' };
export type RoomCounts = Partial<Record<RoomName, RoomCount>>;

export const isCurrent = (href: string, pathname: string) => (href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`));
