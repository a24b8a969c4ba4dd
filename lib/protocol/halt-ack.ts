import { canonicalJson } from './canonical-json';

/**
 * What an agent's key signs under its acknowledgement of a halt: the order's id, what it stopped and when. The first line keeps it
 * from being taken for anything else that the same key signs, such as a client assertion.
 */
export function haltAckBytes(orderId: string, { stopped, at }: { stopped: readonly string[]; at: string }): Buffer {
  return Buffer.from(`countersign/halt-ack/1\n${canonicalJson({ at, orderId, stopped: [...stopped] })}`);
}
