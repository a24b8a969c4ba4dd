import type { ReactNode } from 'react';
import { notFound } from 'next/navigation';

/** A gallery of every screen and state with made-up data, for development only. */
export default function KitLayout({ children }: { children: ReactNode }) {
  if (process.env.NODE_ENV === 'production') notFound();
  return children;
}
