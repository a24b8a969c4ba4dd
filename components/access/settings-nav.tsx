'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { settingsPages } from './settings-pages';

/** The pages of the settings, as a row above them. The row scrolls by itself on a phone. */
export function SettingsNav() {
  const pathname = usePathname();
  const current = useRef<HTMLAnchorElement>(null);
  // On a phone the row is longer than the screen: where one is stays in view.
  useEffect(() => { current.current?.scrollIntoView({ inline: 'center', block: 'nearest' }); }, [pathname]);
  return (
    <nav className="settings-nav" aria-label="Settings">
      {settingsPages.map(({ href, label }) => {
        const within = href !== '/settings' && pathname.startsWith(`${href}/`);
        return <Link key={href} ref={pathname === href || within ? current : null} href={href} prefetch={false} aria-current={pathname === href ? 'page' : within ? 'true' : undefined}>{label}</Link>;
      })}
    </nav>
  );
}
