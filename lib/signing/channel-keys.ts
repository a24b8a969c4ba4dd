import path from 'node:path';
import { env } from '@/lib/env';
import { FileKeys } from './file-keys';
import type { Wrapper } from './keys';

const globals = globalThis as { __countersignChannelKeys?: FileKeys };

/** What notification channels' secrets are sealed with: the console seals, the worker opens. */
export function channelWrapper(): Wrapper {
  globals.__countersignChannelKeys ??= new FileKeys({ folder: path.join(env().dataDir, 'keys'), holds: [], secrets: ['channel-wrapping'] });
  return globals.__countersignChannelKeys.wrapper('channel-wrapping');
}

/** What a system is asked by for who is on call is sealed with the same key: the console seals it, the worker opens it. */
export const rotaSecretPlace = (rotaId: string): string => `on-call\0${rotaId}`;

/** A secret moved to another row doesn't open. */
export const channelSecretPlace = (secretId: string): string => `channel\0${secretId}`;
