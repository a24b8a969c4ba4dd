'use client';

import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useState } from 'react';
import { Banner } from '@/components/ui/banner';
import { browserName } from '@/components/ui/browser-name';
import { Button } from '@/components/ui/button';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import { wayInWords } from './way-in-words';
import type { NewDeviceView, Result } from './view';

export type JudgeDevice = { know: (id: string) => Promise<Result>; disown: (id: string) => Promise<Result> };

/** Under the bar of every page: somebody signed in with a browser that its person has not said they know. */
export function NewDeviceBanner({ devices, judge }: { devices: readonly NewDeviceView[]; judge: JudgeDevice }) {
  const [first, ...more] = devices;
  // The page of oneself shows them all.
  const pathname = usePathname();
  if (!first || pathname === '/settings') return null;
  // A phone's card is decided without scrolling; the notice waits on every other page.
  return (
    <div className={pathname.startsWith('/approvals/') ? 'on-desk' : undefined}>
      <Banner kind="wait"><Judgement device={first} judge={judge} />{more.length > 0 && <Link className="link inline-block py-1 text-13" href="/settings" prefetch={false}>and {more.length} more</Link>}</Banner>
    </div>
  );
}

/** All of them, on the page of oneself. */
export function NewDevices({ devices, judge }: { devices: readonly NewDeviceView[]; judge: JudgeDevice }) {
  if (devices.length === 0) return null;
  return (
    <section aria-label="Browsers that you have not confirmed">
      <h2 className="!text-text">Was this you?</h2>
      <div className="new-devices mt-2">{devices.map((device) => <Judgement key={device.id} device={device} judge={judge} />)}</div>
    </section>
  );
}

function Judgement({ device, judge }: { device: NewDeviceView; judge: JudgeDevice }) {
  const router = useRouter();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const say = async (word: keyof JudgeDevice) => {
    setBusy(true);
    const result = await judge[word](device.id).catch((): Result => ({ ok: false, because: 'The server did not answer.' }));
    setBusy(false);
    if (!result.ok) toast({ glyph: 'broken', title: 'Nothing was changed.', second: result.because });
    else if (word === 'know') toast({ glyph: 'done', title: 'That browser is yours from here on.' });
    else {
      toast({ glyph: 'done', title: 'Everything from that browser has ended.', second: 'Somebody has your password. Change it now.' });
      router.push('/settings#password');
    }
    router.refresh();
  };
  return (
    <div className="new-device">
      <div>
        <b className="font-medium">A new browser signed in as you:</b> <VisibleText text={browserName(device.userAgent)} />, from {device.ip ?? 'an unknown address'}{device.method && <>, by {wayInWords[device.method]}</>}, {sayDay(device.firstSeenAt)} UTC.
      </div>
      <Button onClick={() => void say('know')} disabled={busy}>I know it</Button>
      <Button tone="strong" onClick={() => void say('disown')} disabled={busy}>It wasn’t me</Button>
    </div>
  );
}
