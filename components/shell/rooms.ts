import { Bell, Bot, Inbox, NotebookTabs, Rows3, Scale, Settings2, Siren, type LucideIcon } from 'lucide-react';

export type RoomName = 'now' | 'approvals' | 'sessions' | 'policies' | 'incidents' | 'log' | 'agents' | 'alerts' | 'settings';
/** `seal`: approvals carry the mark's own glyph. */
export type Room = { name: RoomName; label: string; href: string; icon: LucideIcon | 'seal'; group: 1 | 2 };

export const allRooms: readonly Room[] = [
  { name: 'now', label: 'Now', href: '/', icon: Inbox, group: 1 },
  { name: 'approvals', label: 'Approvals', href: '/approvals', icon: 'seal', group: 1 },
  { name: 'sessions', label: 'Sessions', href: '/sessions', icon: Rows3, group: 1 },
  { name: 'policies', label: 'Policies', href: '/policies', icon: Scale, group: 1 },
  { name: 'incidents', label: 'Incidents', href: '/incidents', icon: Siren, group: 1 },
  { name: 'log', label: 'Log', href: '/log', icon: NotebookTabs, group: 1 },
  { name: 'agents', label: 'Agents', href: '/agents', icon: Bot, group: 2 },
  { name: 'alerts', label: 'Alerts', href: '/alerts', icon: Bell, group: 2 },
  { name: 'settings', label: 'Settings', href: '/settings', icon: Settings2, group: 2 },
];

/** What needs the person (amber), what is stopped (red), or just how many. */
export type RoomCount = { count: number; tone?: 'wait' | 'stop' };
export type RoomCounts = Partial<Record<RoomName, RoomCount>>;

export const isCurrent = (href: string, pathname: string) => (href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`));
