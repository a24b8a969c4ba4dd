'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import { Search } from 'lucide-react';
import { useShortcuts } from '@/components/live/shortcuts';
import { CommandKey } from '@/components/ui/key';
import type { PaletteItem } from './palette';
import type { RoomName } from './rooms';

export type PaletteProps = { rooms: readonly RoomName[]; search?: ((query: string) => Promise<PaletteItem[]>) | undefined };

// Read only when somebody asks for it: the phone's approval page has no use for it.
const Palette = dynamic(() => import('./palette').then((module) => module.Palette), { ssr: false });

export function PaletteButton(props: PaletteProps) {
  const [open, setOpen] = useState<boolean>();
  useShortcuts({ '$mod+k': (event) => {
    event.preventDefault();
    setOpen(true);
  } });
  return (
    <>
      <button type="button" className="palette-button on-desk" aria-haspopup="dialog" aria-keyshortcuts="Meta+K Control+K" onClick={() => setOpen(true)}>
        <Search size={14} strokeWidth={1.75} aria-hidden="true" />Find or do anything<span className="ml-auto"><CommandKey>K</CommandKey></span>
      </button>
      {open !== undefined && <Palette {...props} open={open} onClose={() => setOpen(false)} />}
    </>
  );
}
