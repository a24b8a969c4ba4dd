import type { ReactNode } from 'react';
import { Bell, Bot, Inbox, NotebookTabs, Rows3, Scale, Settings2, type LucideIcon } from 'lucide-react';
import { Glyph } from '@/components/ui/glyphs';
import type { RoomName } from './rooms';

export type RoomIcons = Readonly<Record<RoomName, ReactNode>>;

/** Approvals carry the mark's own glyph instead. */
const icons: Readonly<Record<Exclude<RoomName, 'approvals'>, LucideIcon>> = { now: Inbox, sessions: Rows3, policies: Scale, log: NotebookTabs, agents: Bot, alerts: Bell, settings: Settings2 };

/** The rooms' icons, drawn by the server: the shapes of so many would weigh on every page's script. */
export function roomIcons(size: number): RoomIcons {
  const drawn = Object.entries(icons).map(([name, Icon]) => [name, <Icon key={name} size={size} strokeWidth={1.75} aria-hidden="true" />]);
  return { approvals: <Glyph name="asked" size={size} />, ...(Object.fromEntries(drawn) as Record<keyof typeof icons, ReactNode>) };
}
