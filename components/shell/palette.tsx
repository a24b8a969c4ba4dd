'use client';

import { useRouter } from 'next/navigation';
import { useDeferredValue, useEffect, useId, useState, type KeyboardEvent } from 'react';
import { setSingleKeys, singleKeysOn } from '@/components/live/shortcuts';
import { Dialog } from '@/components/ui/dialog';
import { VisibleText } from '@/components/ui/visible';
import type { PaletteProps } from './palette-button';
import { allRooms } from './rooms';
import { themeCookie, type Theme } from './theme';

export type PaletteItem = { id: string; group: string; label: string; hint?: string; href: string };
type Entry = Omit<PaletteItem, 'href'> & ({ href: string } | { run: () => void });

/** Goes anywhere and does what has no button of its own. Rooms and settings are known here; the rest is asked of the server while one types. */
export function Palette({ open, onClose, rooms, search }: PaletteProps & { open: boolean; onClose: () => void }) {
  const router = useRouter();
  const id = useId();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const found = useFound(useDeferredValue(query.trim()), search);
  const words = query.trim().toLowerCase().split(/\s+/);
  const known = ours(rooms).filter((entry) => words.every((word) => `${entry.group} ${entry.label} ${entry.hint ?? ''}`.toLowerCase().includes(word)));
  const entries: Entry[] = [...known, ...found].slice(0, 40);
  const current = Math.min(at, Math.max(0, entries.length - 1));

  const close = () => {
    setQuery('');
    setAt(0);
    onClose();
  };
  const take = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    if ('href' in entry) router.push(entry.href);
    else entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step) setAt((current + step + entries.length) % Math.max(1, entries.length));
    else if (event.key === 'Enter') take(entries[current]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open={open} onClose={close} title="Find or do anything" className="palette" hideTitle>
      <input
        className="palette-input" autoFocus role="combobox" aria-expanded="true" aria-controls={id} aria-label="Find or do anything" aria-activedescendant={entries.length ? `${id}-${current}` : undefined}
        placeholder="Find or do anything" value={query} onChange={(event) => { setQuery(event.target.value); setAt(0); }} onKeyDown={onKeyDown} spellCheck={false} autoComplete="off"
      />
      <ul id={id} role="listbox" aria-label="Results" className="palette-list">
        {entries.map((entry, index) => (
          <li key={entry.id} id={`${id}-${index}`} role="option" aria-selected={index === current} onPointerMove={() => setAt(index)} onClick={() => take(entry)}>
            <span className="quiet-text">{entry.group}</span><span className="ellipsis"><VisibleText text={entry.label} /></span>{entry.hint && <span className="quiet-text ellipsis"><VisibleText text={entry.hint} /></span>}
          </li>
        ))}
        {entries.length === 0 && <li role="option" aria-selected="false" aria-disabled="true">Nothing is called that.</li>}
      </ul>
    </Dialog>
  );
}

function useFound(query: string, search: PaletteProps['search']): Entry[] {
  const [found, setFound] = useState<{ query: string; items: PaletteItem[] }>({ query: '', items: [] });
  useEffect(() => {
    if (!search || query.length < 2) return;
    let wanted = true;
    const timer = setTimeout(() => void search(query).then((items) => wanted && setFound({ query, items }), () => undefined), 150);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [query, search]);
  return query.length >= 2 && query.startsWith(found.query) ? found.items : [];
}

const looks: [Theme | 'system', string][] = [['dark', 'Dark'], ['light', 'Light'], ['hc', 'High contrast'], ['system', 'As the system']];

function ours(rooms: PaletteProps['rooms']): Entry[] {
  return [
    ...allRooms.filter((room) => rooms.includes(room.name)).map((room) => ({ id: room.name, group: 'Go to', label: room.label, href: room.href })),
    { id: 'stop', group: 'Stop', label: 'Stop a session, an agent or everything', href: '/switches' },
    ...looks.map(([theme, label]) => ({ id: theme, group: 'Look', label, run: () => setTheme(theme) })),
    { id: 'keys', group: 'Keys', label: singleKeysOn() ? 'Switch single-key shortcuts off' : 'Switch single-key shortcuts on', run: () => setSingleKeys(!singleKeysOn()) },
  ];
}

function setTheme(theme: Theme | 'system') {
  document.cookie = `${themeCookie}=${theme === 'system' ? '' : theme}; path=/; max-age=${theme === 'system' ? 0 : 31_536_000}; samesite=lax`;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
