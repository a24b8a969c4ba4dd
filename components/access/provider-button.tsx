'use client';

import { useState } from 'react';
import { ArrowUpRight } from 'lucide-react';
import { Button } from '@/components/ui/button';

type Props = { name: string; problem?: string | undefined; down: string; visit: () => Promise<void> };

/** The way in that leads to the organisation's provider; says what came of the last visit when it was nothing. */
export function ProviderButton({ name, problem, down, visit }: Props) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const says = failed ? down : problem;
  return (
    <div className="door-provider" aria-busy={busy}>
      {says !== undefined && <p className="door-says" role="alert">{says}</p>}
      <Button size="tall" disabled={busy} onClick={() => { setBusy(true); setFailed(false); void visit().catch(() => { setBusy(false); setFailed(true); }); }}>
        {busy ? `Going to ${name}` : `Continue with ${name}`}<ArrowUpRight size={14} aria-hidden="true" />
      </Button>
    </div>
  );
}
