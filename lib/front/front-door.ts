import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gate } from '@/lib/gate';
import type { KeySet, VerificationKey } from '@/lib/protocol/ed25519-key';
import { jwks, type Signer } from '@/lib/signing';
import { sendJson, sendProblem } from './answers';
import type { consoleProxy } from './console-proxy';
import { answerRedeem } from './redeem-endpoint';
import { answerToken } from './token-endpoint';

export type FrontDoor = {
  gate: Gate;
  tokenKey: () => Signer;
  tokenSeconds: number;
  permitKeys: () => KeySet;
  publicKeys: () => ReadonlyMap<string, VerificationKey>;
  ready: () => { ready: boolean; checks: Record<string, string> };
  console?: ReturnType<typeof consoleProxy>;
};

/** What the gateway answers by itself; everything else belongs to the console. */
export function answerFront(door: FrontDoor, request: IncomingMessage, response: ServerResponse): void {
  route(door, request, response).catch((error: unknown) => {
    door.gate.logger.error({ err: error }, 'a request failed');
    sendProblem(response, 500, 'Internal error', 'Something failed on our side. It was recorded; trying again may help.');
  });
}

async function route(door: FrontDoor, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0];
  switch (path) {
    case '/api/oauth/token': return answerToken(request, response, { key: door.tokenKey, issuer: door.gate.issuer, ttlSeconds: door.tokenSeconds, onFailure: (error) => door.gate.logger.error({ err: error }, 'no token could be given') });
    case '/.well-known/jwks.json': return sendJson(response, 200, jwks(door.publicKeys().values()), { 'Cache-Control': 'public, max-age=5' });
    case '/api/v1/permits/redeem': return answerRedeem(door.gate, door.permitKeys(), request, response);
    case '/api/health': return sendJson(response, 200, { status: 'alive', process: 'gateway' }, { 'Cache-Control': 'no-store' });
    case '/api/ready': {
      const { ready, checks } = door.ready();
      return sendJson(response, ready ? 200 : 503, { ready, checks }, { 'Cache-Control': 'no-store' });
    }
    case '/metrics': {
      const { registry, queued } = door.gate.metrics;
      queued.set(door.gate.writer.waiting);
      const text = await registry.metrics();
      response.writeHead(200, { 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' });
      response.end(text);
      return;
    }
    default:
      if (door.console) door.console.request(request, response);
      else sendProblem(response, 404, 'Not found', 'This gateway serves agents; the console has another address.');
  }
}
