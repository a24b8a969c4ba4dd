'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { Ago } from '@/components/live/countdown';
import { browserName } from '@/components/ui/browser-name';
import { Button } from '@/components/ui/button';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import { wayInWords } from './way-in-words';
import type { Result, SignInView } from './view';

type Props = { signIns: readonly SignInView[]; currentSignInId: string; endSignIn: (id: string) => Promise<Result>; endOthers: () => Promise<Result> };

/** Where one is signed in, and the ways to end it. */
export function SignIns({ signIns, currentSignInId, endSignIn, endOthers }: Props) {
  const router = useRouter();
  const toast = useToast();
  const act = (doing: Promise<Result>, done: string) => void doing.catch(() => ({ ok: false as const, because: 'The server did not answer.' })).then((result) => {
    toast(result.ok ? { glyph: 'done', title: done } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because });
    router.refresh();
  });
  const others = signIns.filter((one) => one.id !== currentSignInId).length;
  return (
    <section>
      <h2 className="!text-text">Where you are signed in</h2>
      <table className="table mt-1"><tbody>{signIns.map((one) => (
        <tr key={one.id} className="tall">
          <td><VisibleText text={browserName(one.userAgent)} />{one.id === currentSignInId && <b className="font-medium">, here</b>}{one.newDevice && <span className="quiet-text">, not confirmed by you</span>}
            <div className="quiet-text">{one.ip ?? 'unknown address'}, by {wayInWords[one.method]}, since {sayDay(one.createdAt)}</div></td>
          <td className="num on-desk"><Ago at={one.lastSeenAt} suffix=" ago" /></td>
          <td className="num">{one.id !== currentSignInId && <Button tone="quiet" onClick={() => act(endSignIn(one.id), 'That sign-in has ended.')}>End</Button>}</td>
        </tr>
      ))}</tbody></table>
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2 text-13">
        {others > 0 && <Button onClick={() => act(endOthers(), 'All other sign-ins have ended.')}>End {others === 1 ? 'the other one' : `all ${others} others`}</Button>}
        <Link className="link reach" href="/settings/history" prefetch={false}>Open the history of your sign-ins</Link>
      </div>
    </section>
  );
}
