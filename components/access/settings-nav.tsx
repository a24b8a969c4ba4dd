'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { settingsPages } from './settings-pages';

/** The pages of the settings, as a row above them. The row scrolls by itself on a phone. */
export function SettingsNav() {
  const pathname = usePathname();
  return (
    <nav className="settings-nav" aria-label="Settings">
      {settingsPages.map(({ href, label }) => <Link key={href} href={href} prefetch={false} aria-current={pathname === href ? 'page' : undefined}>{label}</Link>)}
    </nav>
  );
}
