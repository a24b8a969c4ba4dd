import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { cookies } from 'next/headers';
import '@fontsource-variable/inter/opsz.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './globals.css';
import { chosenTheme, themeCookie } from '@/components/shell/theme';

export const metadata: Metadata = {
  title: { default: 'Countersign', template: '%s · Countersign' },
  description: 'Human authority over AI agents.',
  robots: { index: false, follow: false },
};

export const viewport: Viewport = { width: 'device-width', initialScale: 1, viewportFit: 'cover', themeColor: [{ media: '(prefers-color-scheme: light)', color: '#fbfaf6' }, { color: '#12171c' }] };

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Without a choice there is no attribute, and the style sheet asks the system: nothing flashes and no script has to run first.
  const theme = chosenTheme((await cookies()).get(themeCookie)?.value);
  return (
    <html lang="en" data-theme={theme}>
      <body>{children}</body>
    </html>
  );
}
