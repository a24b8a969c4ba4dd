'use client';

import { useRouter } from 'next/navigation';
import { startTransition } from 'react';
import { ErrorPanel } from '@/components/ui/states';

/** Says what still holds; what failed is on record on the server, not in the page. */
export default function ConsoleError({ reset }: { error: Error; reset: () => void }) {
  const router = useRouter();
  const again = () => startTransition(() => {
    router.refresh();
    reset();
  });
  return (
    <div className="page"><div className="page-read">
      <ErrorPanel title="This page could not be read." holds="The server or its database did not answer. Agents still get no allow without an answer, and STOP works." action={<button type="button" className="link" onClick={again}>Try again</button>} />
    </div></div>
  );
}
