import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readJwks, readPublicJwk } from '@/lib/protocol/ed25519-key';
import { readJwsHeader, verifyJws } from '@/lib/protocol/verify-jws';
import { openPayload, payloadMac } from './payload-seal';
import { sameText } from './secrets';

/**
 * Project Wycheproof's vectors, from the folder named by COUNTERSIGN_WYCHEPROOF; skipped by name without it. Every
 * `invalid` must be refused and every `valid` of an algorithm that we support accepted.
 */
const folder = process.env.COUNTERSIGN_WYCHEPROOF;

type Case = { tcId: number; comment: string; result: 'valid' | 'invalid' | 'acceptable'; flags: string[] };
type Group<Extra, Test> = Extra & { tests: (Case & Test)[] };

function vectors<Extra, Test>(file: string): Group<Extra, Test>[] | undefined {
  const path = folder && join(folder, file);
  return path && existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { testGroups: Group<Extra, Test>[] }).testGroups : undefined;
}

/** Runs every case of a file and compares verdicts; the floor keeps a renamed field from passing as "nothing failed". */
function judge<Extra, Test>(file: string, atLeast: { valid: number; invalid: number }, accepts: (group: Extra, test: Case & Test) => boolean, supported: (group: Extra, test: Case & Test) => boolean = () => true): void {
  const groups = vectors<Extra, Test>(file);
  it.skipIf(!groups)(`${file} (${groups ? 'all of it' : 'skipped: COUNTERSIGN_WYCHEPROOF names no folder with it'})`, () => {
    const seen = { valid: 0, invalid: 0 };
    const wrong: string[] = [];
    for (const group of groups!) {
      for (const test of group.tests) {
        const accepted = accepts(group, test);
        if (test.result === 'invalid') {
          seen.invalid++;
          if (accepted) wrong.push(`${test.tcId} accepted: ${test.comment}`);
        } else if (test.result === 'valid' && supported(group, test)) {
          seen.valid++;
          if (!accepted) wrong.push(`${test.tcId} refused: ${test.comment}`);
        } else if (accepted && !supported(group, test)) {
          wrong.push(`${test.tcId} accepted though unsupported: ${test.comment}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(seen.valid).toBeGreaterThanOrEqual(atLeast.valid);
    expect(seen.invalid).toBeGreaterThanOrEqual(atLeast.invalid);
  });
}

describe('Wycheproof', () => {
  type EdGroup = { publicKeyJwk: { x: string } };
  type SignatureCase = { msg: string; sig: string };
  const ed25519 = (group: EdGroup, test: SignatureCase) => {
    const key = readPublicJwk({ kty: 'OKP', crv: 'Ed25519', x: group.publicKeyJwk.x });
    return key !== undefined && verify(null, Buffer.from(test.msg, 'hex'), key.key, Buffer.from(test.sig, 'hex'));
  };
  judge<EdGroup, SignatureCase>('ed25519_test.json', { valid: 80, invalid: 60 }, ed25519);

  judge<{ tagSize: number }, { key: string; msg: string; tag: string }>('hmac_sha256_test.json', { valid: 30, invalid: 100 }, (group, test) => {
    const mac = payloadMac(Buffer.from(test.key, 'hex'), Buffer.from(test.msg, 'hex')).toString('hex');
    return sameText(mac, test.tag);
  }, (group) => group.tagSize === 256);

  type AeadGroup = { ivSize: number; keySize: number; tagSize: number };
  const ours = (group: AeadGroup) => group.ivSize === 96 && group.keySize === 256 && group.tagSize === 128;
  judge<AeadGroup, { key: string; iv: string; aad: string; msg: string; ct: string; tag: string }>('aes_gcm_test.json', { valid: 30, invalid: 80 }, (group, test) => {
    // Our sealed form fixes key and nonce sizes, so anything else has no way in.
    if (!ours(group)) return false;
    const opened = openPayload(Buffer.from(test.key, 'hex'), Buffer.from(`01${test.iv}${test.ct}${test.tag}`, 'hex'), Buffer.from(test.aad, 'hex'));
    return opened.ok && opened.bytes.toString('hex') === test.msg;
  }, ours);

  type JoseGroup = { private?: unknown; public?: unknown };
  const alg = (token: string) => readJwsHeader(token.split('.', 1)[0] ?? '');
  const jose = (group: JoseGroup, test: { jws?: unknown; jwe?: unknown }) => {
    const token = [test.jws ?? test.jwe].map((text) => (typeof text === 'string' ? text : JSON.stringify(text)))[0] ?? '';
    const given = (group.public ?? group.private) as { keys?: unknown[] };
    const keys = readJwks(given.keys ? given : { keys: [given] });
    const header = alg(token);
    return keys !== undefined && verifyJws(token, { keys, typ: header.ok ? header.typ : undefined }).ok;
  };
  // None of these use EdDSA, the one algorithm that we take: all are refused, the valid ones with them.
  const eddsa = (_group: JoseGroup, test: { jws?: unknown }) => typeof test.jws === 'string' && alg(test.jws).ok;
  judge<JoseGroup, { jws?: unknown }>('json_web_signature_test.json', { valid: 0, invalid: 350 }, jose, eddsa);
  judge<JoseGroup, { jws?: unknown }>('json_web_key_test.json', { valid: 0, invalid: 20 }, jose, eddsa);
  judge<JoseGroup, { jws?: unknown }>('json_web_crypto_test.json', { valid: 0, invalid: 70 }, jose, eddsa);
});
