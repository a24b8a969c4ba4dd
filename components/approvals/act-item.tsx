'use client';

import { useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import { useToast } from '@/components/ui/toast';

/** What came of it, in the server's words, which the phone need not load. */
export type Said = { glyph: 'asked' | 'cancelled' | 'broken'; title: string; second?: string };
export type Act = () => Promise<Said>;

/** An item of the card's menu, or a button: what is done by one press and is no decision, such as letting the next tier decide at once. */
export function ActItem({ act, className = 'item', children }: { act: Act; className?: string; children: ReactNode }) {
  const router = useRouter();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const press = async () => {
    setBusy(true);
    toast(await act().catch((): Said => ({ glyph: 'broken', title: 'The server did not answer.' })));
    setBusy(false);
    router.refresh();
  };
  return <button type="button" className={className} disabled={busy} onClick={press}>{children}</button>;
}
