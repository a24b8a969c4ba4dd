'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { CodeLine } from '@/components/ui/copy-button';
import { DeviceStop } from './device-stop';
import { forgetKey } from './kept-key';
import { useLiveKey } from './stop-key-provider';

/** On the sign-in page, only where this browser holds a live key: what it stops without anybody signing in. */
export function SignInStop({ controlUrl, stopCommand }: { controlUrl: string; stopCommand: string }) {
  const key = useLiveKey();
  const [gone, setGone] = useState<string>();
  if (!key && gone !== undefined) {
    return (
      <section className="sign-in-stop" aria-label="Stop from this device">
        <div className="empty" role="alert"><span className="hatch-box" data-size="20" /><div><div className="title" data-quiet>Nothing was stopped.</div><div className="facts-line">{gone}</div><div className="mt-2"><CodeLine command={stopCommand} /></div></div></div>
      </section>
    );
  }
  if (!key) return null;
  return (
    <section className="sign-in-stop" aria-label="Stop from this device">
      <h2>This device can stop without signing in</h2>
      <p>{key.wide ? 'It keeps a key that stops everything and reads nothing.' : 'Its key stops single sessions, which take signing in to be seen.'}</p>
      <DeviceStop controlUrl={controlUrl} stopCommand={stopCommand} wide={key.wide} signedIn={false} onGone={setGone} />
      <p className="aside">Somebody else&apos;s device? <Button tone="quiet" onClick={() => void forgetKey()}>Forget on this device</Button></p>
    </section>
  );
}
