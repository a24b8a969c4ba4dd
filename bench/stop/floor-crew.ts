import { createPrivateKey, type KeyObject } from 'node:crypto';
import { newId } from '@/lib/protocol/ids';
import { readControlPin } from '@/lib/sdk/control-pin';
import { readOrder } from '@/lib/sdk/read-order';
import { WireSocket } from '../load/wire-socket';
import { inTurns, signedAcknowledgement, type Place } from './fleet';

/** The clients of the bare servers: to `halt` they answer at once with a text of an acknowledgement's size, to `halt-signed` with the same work as an agent. */
export class FloorCrew {
  private readonly wires: WireSocket[] = [];
  private checked = '';

  static async connect(urls: readonly string[], size: number, offset: number, place: Pick<Place, 'key' | 'pin'>, onLost: (reason: string) => void): Promise<FloorCrew> {
    const crew = new FloorCrew();
    const key = createPrivateKey(place.key);
    const sessionId = newId();
    const ready = signedAcknowledgement(key, newId(), sessionId);
    await inTurns(Array.from({ length: size }, (_, i) => i), async (i) => {
      crew.wires.push(await WireSocket.connect(urls[(offset + i) % urls.length]!, '/agent', {}, (reason) => onLost(`bare: ${reason}`), (text) => (text.startsWith('["halt-signed",') ? crew.answer(text, key, place.pin, sessionId) : ready)));
    });
    return crew;
  }

  close(): void { for (const wire of this.wires) wire.close(); }

  private answer(text: string, key: KeyObject, pin: string, sessionId: string): string {
    const { orderJws, id } = (JSON.parse(text) as [string, { orderJws: string; id: string }])[1];
    if (this.checked !== orderJws) readOrder('halt', (this.checked = orderJws), { pin: readControlPin(pin), now: new Date(), lastEpoch: 0 });
    return signedAcknowledgement(key, id, sessionId);
  }
}
