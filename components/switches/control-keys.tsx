'use client';

import { useRouter } from 'next/navigation';
import { Button } from '@/components/ui/button';
import { sayDay } from '@/components/ui/say-time';
import { useToast } from '@/components/ui/toast';
import { VisibleText } from '@/components/ui/visible';
import type { ControlKeyView, ReleaseResult, RevokeControlKey } from './view';

/** The secrets that stop without a person, each with what it reaches, and how to end one that stops what it should not. `engagedBy`: the one that gave the order in view. */
export function ControlKeys({ keys, engagedBy, revoke }: { keys: readonly ControlKeyView[]; engagedBy?: string | undefined; revoke: RevokeControlKey }) {
  const router = useRouter();
  const toast = useToast();
  const end = async (key: ControlKeyView) => {
    const result = await revoke(key.id).catch((): ReleaseResult => ({ ok: false, because: 'The server did not answer. The key still stops.' }));
    toast(result.ok ? { glyph: 'done', title: `The control key ${key.name} stops nothing any more.`, second: 'What it has stopped stays stopped.' } : { glyph: 'broken', title: 'Nothing was changed.', second: result.because });
    router.refresh();
  };
  const shown = keys.filter((key) => key.revokedAt === null).sort((a, b) => Number(b.id === engagedBy) - Number(a.id === engagedBy));
  return (
    <section className="control-keys" aria-labelledby="control-keys">
      <h2 id="control-keys">Control keys</h2>
      {shown.length === 0 ? <p className="text-13 text-text-3 mt-1">No script holds one. <span className="mono">countersign control-key create</span> makes one.</p> : (
        <ul className="mt-1">
          {shown.map((key) => (
            <li key={key.id}>
              <div><b className="sentence"><VisibleText text={key.name} />{key.id === engagedBy && ', which gave this order'}</b><p className="text-13 text-text-3">{reach(key.scopes)} in {key.environments.includes('*') ? 'every environment' : key.environments.join(', ')}, since {sayDay(key.createdAt)}</p></div>
              <Button aria-label={`Revoke the control key ${key.name}`} onClick={() => void end(key)}>Revoke</Button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** "Stops session, agent", and of a key that was made for it that it says that its person is here. */
function reach(scopes: readonly string[]): string {
  const stops = scopes.filter((scope) => scope !== 'heartbeat');
  const here = scopes.includes('heartbeat') ? ['Says that its person is here'] : [];
  return [...(stops.length > 0 ? [`Stops ${stops.join(', ')}`] : []), ...here].join('. ');
}
