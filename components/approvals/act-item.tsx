'use client';

import { useRouter } from 'next/navigation';
import { useToast } from '@/components/ui/toast';

type Said = { glyph: 'asked' | 'broken'; title: string; second?: string };

/** An item of the card's menu: lets the next tier decide at once, and not only when its time comes. What came of it is said in the server's words, which the phone need not load. */
export function EscalateItem({ to, escalate }: { to: string; escalate: () => Promise<Said> }) {
  const router = useRouter();
  const toast = useToast();
  const press = async () => {
    toast(await escalate().catch((): Said => ({ glyph: 'broken', title: 'The server did not answer.' })));
    router.refresh();
  };
  return <button type="button" className="item" onClick={press}>Ask {to} now</button>;
}
