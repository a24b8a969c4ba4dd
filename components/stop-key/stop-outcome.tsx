import { Glyph } from '@/components/ui/glyphs';
import type { StoppedByKey } from './view';

/** What a press by this device's key came to: no more than the server told without a sign-in. */
export function StopOutcome({ outcome, signedIn }: { outcome: StoppedByKey; signedIn: boolean }) {
  const { orderId, standing, durability, holdMinutes } = outcome;
  const at = `/switches/${orderId}`;
  return (
    <div className="device-stopped" role="alert">
      <Glyph name="stop" size={20} />
      <div>
        <b>{standing ? 'It was stopped already, and stays so.' : 'Stopped, from this device.'}</b>
        <p>{durability === 'journal' ? 'Control holds the order in its journal: its database is away, and gets it when it is back. ' : 'The order stands until people release it. '}{holdMinutes !== undefined && `New sessions of its agent are held for ${holdMinutes} minutes. `}<a className="link" href={signedIn ? at : `/sign-in?next=${encodeURIComponent(at)}`}>{signedIn ? 'Open the stop' : 'Sign in to follow it'}</a></p>
      </div>
    </div>
  );
}
