'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import { useLive } from '@/components/live/live-provider';
import { Button } from '@/components/ui/button';
import { CodeLine } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';
import { Glyph } from '@/components/ui/glyphs';

/**
 * Leads to the stop panel, with the session in view already chosen. A plain link over plain HTTPS: it works without the socket.
 * When neither answers it must not look alive: grey, hatched, with the command to use instead.
 */
export function StopButton({ command }: { command: string }) {
  const { phase, retry } = useLive();
  const pathname = usePathname();
  const [explain, setExplain] = useState(false);
  if (phase !== 'lost') {
    const session = /^\/sessions\/([0-9a-f-]{36})/.exec(pathname)?.[1];
    return <Link href={session ? `/switches?session=${session}` : '/switches'} prefetch={false} className="stop-button"><Glyph name="stop" size={14} /><span>STOP</span></Link>;
  }
  return (
    <>
      <button type="button" className="stop-button" data-dead aria-disabled="true" onClick={() => setExplain(true)}><span>STOP</span></button>
      <Dialog open={explain} onClose={() => setExplain(false)} title="STOP does not work from here." className="wide">
        <p className="body">The live socket and plain HTTPS do not answer. Use the control service directly; it works without this console:</p>
        <div className="mt-3"><CodeLine command={command} /></div>
        <div className="actions"><Button onClick={retry}>Try again now</Button><Button tone="strong" onClick={() => setExplain(false)}>Close</Button></div>
      </Dialog>
    </>
  );
}
