import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { AuthenticationResponseJSON, PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { isoCBOR } from '@simplewebauthn/server/helpers';

type Credential = { id: string; rpId: string; userHandle: string; privateKey: KeyObject; publicKey: Uint8Array; counter: number };
/** What an attacker or a broken key would do otherwise than a browser does. */
type Twist = { origin?: string; rpId?: string; crossOrigin?: boolean; verified?: boolean; present?: boolean; type?: string; counter?: number; challenge?: string };

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
const b64 = (data: Uint8Array | string) => Buffer.from(data).toString('base64url');

/** A key and the browser around it, in software: ES256, resident, without attestation. Makes the same bytes as a real one, without a page. */
export class SoftwareAuthenticator {
  readonly credentials: Credential[] = [];

  /** @param counts Whether each use raises the counter, as hardware keys do; synchronised passkeys say 0 for ever. */
  constructor(readonly origin: string, private readonly counts = true) {}

  register(options: PublicKeyCredentialCreationOptionsJSON, twist: Twist = {}): RegistrationResponseJSON {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x, y } = publicKey.export({ format: 'jwk' });
    const cose = isoCBOR.encode(new Map<number, number | Uint8Array>([[1, 2], [3, -7], [-1, 1], [-2, new Uint8Array(Buffer.from(x!, 'base64url'))], [-3, new Uint8Array(Buffer.from(y!, 'base64url'))]]) as never);
    const rawId = randomBytes(32);
    const rpId = options.rp.id ?? new URL(this.origin).hostname;
    const credential: Credential = { id: b64(rawId), rpId, userHandle: options.user.id, privateKey, publicKey: cose, counter: this.counts ? 1 : 0 };
    this.credentials.push(credential);
    const data = Buffer.concat([this.authenticatorData(credential, twist, 0x40), Buffer.alloc(16), Buffer.from([0, rawId.length]), rawId, cose]);
    const attestation = isoCBOR.encode(new Map<string, unknown>([['fmt', 'none'], ['attStmt', new Map()], ['authData', new Uint8Array(data)]]) as never);
    return {
      id: credential.id, rawId: credential.id, type: 'public-key', clientExtensionResults: {},
      response: { clientDataJSON: this.clientData('webauthn.create', options.challenge, twist), attestationObject: b64(attestation), transports: ['internal'] },
    };
  }

  authenticate(options: PublicKeyCredentialRequestOptionsJSON, twist: Twist = {}): AuthenticationResponseJSON {
    const allowed = options.allowCredentials?.map((one) => one.id);
    const credential = this.credentials.find((one) => allowed === undefined || allowed.length === 0 || allowed.includes(one.id));
    if (!credential) throw new Error('None of the keys asked for is here.');
    if (this.counts) credential.counter += 1;
    const data = this.authenticatorData(credential, twist, 0);
    const clientDataJSON = this.clientData('webauthn.get', options.challenge, twist);
    const signature = sign('sha256', Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))]), credential.privateKey);
    return {
      id: credential.id, rawId: credential.id, type: 'public-key', clientExtensionResults: {},
      response: { clientDataJSON, authenticatorData: b64(data), signature: b64(signature), userHandle: credential.userHandle },
    };
  }

  private authenticatorData(credential: Credential, twist: Twist, more: number): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(twist.counter ?? credential.counter);
    const flags = (twist.present === false ? 0 : 1) | (twist.verified === false ? 0 : 4) | more;
    return Buffer.concat([sha256(twist.rpId ?? credential.rpId), Buffer.from([flags]), counter]);
  }

  private clientData(type: string, challenge: string, twist: Twist): string {
    return b64(JSON.stringify({ type: twist.type ?? type, challenge: twist.challenge ?? challenge, origin: twist.origin ?? this.origin, crossOrigin: twist.crossOrigin ?? false }));
  }
}
