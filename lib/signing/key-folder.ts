import { statSync } from 'node:fs';
import { join } from 'node:path';
import { readSecretFile, replaceSecretFile } from './key-file';
import { isSecretName, type KeyName, type SecretName } from './keys';

/** Names and freshness of the files in `DATA_DIR/keys`. */
export class KeyFolder {
  constructor(private readonly folder: string) {}

  current = (name: KeyName | SecretName) => join(this.folder, `${name}.${ending(name)}`);
  previous = (name: KeyName | SecretName) => join(this.folder, `${name}.previous.${ending(name)}`);
  /** What processes may know that hold no key of this name. */
  known = (name: KeyName | SecretName) => join(this.folder, isSecretName(name) ? `${name}.ids.json` : `${name}.public.jwks`);
  /** Public halves of keys that were retired, for whoever checks what they signed back then. */
  retired = (name: KeyName) => join(this.folder, `${name}.retired.jwks`);

  /** Changes whenever one of the name's files does: each is replaced as a whole, and so gets a new inode. */
  print(name: KeyName | SecretName, held: boolean): string {
    return (held ? [this.current(name), this.previous(name)] : [this.known(name)]).map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found ? `${found.ino}:${found.mtimeMs}:${found.size}` : '-';
    }).join(' ');
  }

  madeAt(file: string): Date {
    return statSync(file, { throwIfNoEntry: false })?.mtime ?? new Date(0);
  }

  publish(file: string, text: string): void {
    if (readSecretFile(file) === text) return;
    try {
      replaceSecretFile(file, text);
    } catch (error) {
      // Keys mounted read-only are fine to sign with; whoever mounts them brings the public halves too.
      if (!['EROFS', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
}

const ending = (name: KeyName | SecretName) => (!isSecretName(name) ? 'jwk' : name === 'auth' ? 'secret' : 'key');
