import pino, { type Logger } from 'pino';
import { env } from '@/lib/env';

/** Names under which a secret could travel; whatever stands there is never written. */
const SECRET_PATHS = ['token', 'secret', 'password', 'clientSecret', 'authorization', 'cookie', 'permit'].flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `err.${name}`]);

/** A process's log for operators: JSON lines without payloads, arguments or secrets. */
export function makeLogger(process: string): Logger {
  return pino({ level: env().logLevel, base: { process }, redact: { paths: SECRET_PATHS, censor: '[hidden]' }, timestamp: pino.stdTimeFunctions.isoTime });
}
