'use client';

import Link from 'next/link';
import { ChevronLeft } from 'lucide-react';
import { Mark } from '@/components/ui/glyphs';
import { Clock } from './clock';
import { Freshness } from './freshness';
import { PaletteButton, type PaletteProps } from './palette-button';
import { useBackLine } from './back-line';
import { StopButton } from './stop-button';

export type BarProps = { environment: { name: string; region?: string }; stopCommand: string } & PaletteProps;

/** On every page: where one is, whether it is alive, the time, the palette, STOP. */
export function Bar({ environment, stopCommand, ...palette }: BarProps) {
  const back = useBackLine();
  return (
    <header className="bar">
      {back && <Link href={back.href} className="back on-phone" aria-label={`Back to ${back.to}`}><ChevronLeft size={20} strokeWidth={2} aria-hidden="true" />{back.line}</Link>}
      <Link href="/" prefetch={false} className={back ? 'brand on-desk' : 'brand'} aria-label="Countersign, Now"><Mark /><span className="on-desk">Countersign</span></Link>
      <span className={back ? 'environment on-desk' : 'environment'}><b>{environment.name}</b> {environment.region && <span className="on-desk quiet-text">{environment.region}</span>}</span>
      <Freshness />
      <span className="spring on-desk" />
      <Clock />
      <PaletteButton {...palette} />
      <span className="on-desk"><StopButton command={stopCommand} /></span>
    </header>
  );
}
