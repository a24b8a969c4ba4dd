'use client';

import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { Button, ButtonLink } from '@/components/ui/button';
import { useToast } from '@/components/ui/toast';
import type { RunDrill } from './view';

/** Starts a drill and goes to its report; while one runs, leads there. */
export function RunDrillButton({ run, running }: { run?: RunDrill; running: string | null }) {
  const router = useRouter();
  const toast = useToast();
  const [pending, startTransition] = useTransition();
  if (running !== null) return <ButtonLink href={`/drills/${running}`} tone="strong">Watch it run</ButtonLink>;
  if (!run) return <p className="text-13 text-text-2">Your role may read this. Running a drill takes the role responder.</p>;
  const press = () => startTransition(async () => {
    const result = await run().catch(() => ({ ok: false as const, because: 'The server did not answer.' }));
    if (result.ok) router.push(`/drills/${result.id}`);
    else toast({ glyph: 'broken', title: 'No drill was started.', second: result.because });
  });
  return <Button tone="strong" disabled={pending} onClick={press}>{pending ? 'Starting a drill' : 'Run a drill'}</Button>;
}
