'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';

type Start = () => Promise<{ ok: true } | { ok: false; because: string }>;

/** For a server where nothing ran yet. What it starts is marked SIMULATED everywhere. */
export function StartDemo({ start }: { start: Start }) {
  const router = useRouter();
  const [state, setState] = useState<'rest' | 'starting' | 'started' | { wrong: string }>('rest');
  const press = async () => {
    setState('starting');
    const result = await start().catch(() => ({ ok: false as const, because: 'The server did not answer. Nothing was started.' }));
    setState(result.ok ? 'started' : { wrong: result.because });
    router.refresh();
  };
  return (
    <>
      <Button tone="strong" disabled={state === 'starting' || state === 'started'} onClick={() => void press()}>{state === 'starting' && <span className="spinner" />}{state === 'started' ? 'The demo fleet starts' : 'Run the demo fleet'}</Button>
      <p className="text-12 text-text-3 mt-2">Four simulated agents, marked SIMULATED. No key, no network beyond this machine.</p>
      {typeof state === 'object' && <p className="text-13 font-medium mt-2" role="alert">{state.wrong}</p>}
    </>
  );
}
