'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useRef, useState } from 'react';
import { useLive } from '@/components/live/live-provider';
import { useStopChord } from '@/components/live/shortcuts';
import { DeviceStop } from '@/components/stop-key/device-stop';
import { focusStop, stopAnchor } from '@/components/stop-key/focus-stop';
import { useControlAnswers, useControlUrl, useLiveKey } from '@/components/stop-key/stop-key-provider';
import { Button } from '@/components/ui/button';
import { CodeLine } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';
import { Glyph } from '@/components/ui/glyphs';

const CHORD = 'Meta+Shift+K Control+Shift+K';

/**
 * Leads to the stop panel, with the session in view already chosen. A plain link over plain HTTPS: it works without the socket.
 * When neither answers, this device's own key goes straight to control; where that can't be either, it must not look alive: grey,
 * hatched, with the command to use instead.
 */
export function StopButton({ command }: { command: string }) {
  const { phase, retry } = useLive();
  const pathname = usePathname();
  const [explain, setExplain] = useState(false);
  const key = useLiveKey();
  const controlUrl = useControlUrl();
  const controlAnswers = useControlAnswers(phase === 'lost' && key !== null);
  const link = useRef<HTMLAnchorElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  // Drawn twice, for the desk and for the phone: the one that can be seen answers.
  useStopChord(() => {
    const shown = [link.current, button.current].find((one) => one?.checkVisibility());
    if (!shown || explain) return;
    for (const dialog of document.querySelectorAll<HTMLDialogElement>('dialog[open]')) dialog.close();
    if (shown === link.current && pathname === '/switches') focusStop();
    else shown.click();
  });
  const session = /^\/sessions\/([0-9a-f-]{36})/.exec(pathname)?.[1];
  if (phase !== 'lost') {
    return <Link ref={link} href={`/switches${session ? `?session=${session}` : ''}#${stopAnchor}`} prefetch={false} className="stop-button" aria-keyshortcuts={CHORD}><Glyph name="stop" size={14} /><span>STOP</span></Link>;
  }
  if (key && controlAnswers && (key.wide || session !== undefined)) {
    return (
      <>
        <button ref={button} type="button" className="stop-button" aria-keyshortcuts={CHORD} aria-haspopup="dialog" onClick={() => setExplain(true)}><Glyph name="stop" size={14} /><span>STOP</span></button>
        <Dialog open={explain} onClose={() => setExplain(false)} title="The console does not answer. STOP does." className="wide">
          <p className="body">It goes from this device straight to control, by the device’s own key.</p>
          <DeviceStop controlUrl={controlUrl} stopCommand={command} sessionId={session} wide={key.wide} signedIn />
          <div className="actions"><Button onClick={retry}>Try the console again</Button><Button tone="strong" onClick={() => setExplain(false)}>Close</Button></div>
        </Dialog>
      </>
    );
  }
  return (
    <>
      <button ref={button} type="button" className="stop-button" aria-keyshortcuts={CHORD} data-dead aria-disabled="true" onClick={() => setExplain(true)}><span>STOP</span></button>
      <Dialog open={explain} onClose={() => setExplain(false)} title="STOP does not work from here." className="wide">
        <p className="body">The live socket and plain HTTPS do not answer. Use the control service directly; it works without this console:</p>
        <div className="mt-3"><CodeLine command={command} /></div>
        <div className="actions"><Button onClick={retry}>Try again now</Button><Button tone="strong" onClick={() => setExplain(false)}>Close</Button></div>
      </Dialog>
    </>
  );
}
