'use client';

import { useRouter } from 'next/navigation';
import { Ago } from '@/components/live/countdown';
import { Button } from '@/components/ui/button';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import { forgetKey } from './kept-key';
import { useLiveKey } from './stop-key-provider';
import type { StopKeyView } from './view';

type Result = { ok: true } | { ok: false; because: string };

/** The stop keys of one's devices: this one marked, each revocable alone. */
export function OwnStopKeys({ keys, mayHold, revoke }: { keys: readonly StopKeyView[]; mayHold: boolean; revoke: (id: string) => Promise<Result> }) {
  const router = useRouter();
  const toast = useToast();
  const here = useLiveKey();
  const end = async (key: StopKeyView) => {
    const result = await revoke(key.id).catch((): Result => ({ ok: false, because: 'The server did not answer.' }));
    if (result.ok && key.id === here?.id) await forgetKey();
    toast(result.ok ? { glyph: 'done', title: 'That key stops nothing any more.' } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because });
    router.refresh();
  };
  return (
    <section aria-labelledby="stop-keys">
      <h2 id="stop-keys" className="!text-text">Devices that can stop without signing in</h2>
      <p className="text-13 text-text-3 mt-1">{mayHold ? 'Each browser you sign in with keeps a key for thirty days that stops what you may stop, and does nothing else. Signing out keeps it: that is what it is for. Forget it on a device that is not yours, revoke it on one you have lost.' : 'Your role stops nothing, so your browsers keep no stop key.'}</p>
      {keys.length === 0 ? mayHold && <p className="text-13 text-text-3 mt-1">No device holds one now. The next sign-in makes one.</p> : (
        <table className="table mt-1"><tbody>{keys.map((key) => {
          const isHere = key.id === here?.id;
          return (
            <tr key={key.id} className="tall">
              <td><VisibleText text={key.name} />{isHere && <b className="font-medium">, this device</b>}<div className="quiet-text">since {sayDay(key.createdAt)}, until {sayDay(key.expiresAt)}</div></td>
              <td className="num on-desk">{key.lastUsedAt ? <>stopped <Ago at={key.lastUsedAt} suffix=" ago" /></> : <span className="quiet-text">unused</span>}</td>
              <td className="num"><Button tone="quiet" aria-label={isHere ? 'Forget on this device' : `Revoke the key of ${key.name}`} onClick={() => void end(key)}>{isHere ? 'Forget on this device' : 'Revoke'}</Button></td>
            </tr>
          );
        })}</tbody></table>
      )}
    </section>
  );
}
