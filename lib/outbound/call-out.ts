import { lookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressProblem, isPublicAddress, mayCall, type AddressRules } from './rules';

export type OutboundCall = {
  url: string; method: 'POST' | 'GET'; headers?: Record<string, string>; body?: string;
  /** From the first look-up to the last byte, in milliseconds. */
  timeoutMs?: number; maxAnswerBytes?: number;
  rules: AddressRules;
};
export type OutboundAnswer = { status: number; headers: http.IncomingHttpHeaders; text: string };

/** The call was not made, or gave no answer that counts; the message names no path, query or secret of the address. */
export class OutboundRefusal extends Error {
  override readonly name = 'OutboundRefusal';
  constructor(readonly why: 'address' | 'timeout' | 'too_long' | 'network', message: string, options?: ErrorOptions) { super(message, options); }
}

/**
 * Calls an address that a person configured. The name is looked up once, every address that it leads to must be public,
 * and the connection goes to exactly what was checked. Redirects are not followed; time and size are bounded; no proxy,
 * no cookies, no kept connections.
 */
export function callOut({ url, method, headers = {}, body, timeoutMs = 10_000, maxAnswerBytes = 64 * 1024, rules }: OutboundCall): Promise<OutboundAnswer> {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (!target) return Promise.reject(new OutboundRefusal('address', 'The address cannot be read.'));
  const problem = addressProblem(target, rules);
  if (problem) return Promise.reject(new OutboundRefusal('address', `${target.host} is not called: ${problem}.`));
  const literal = target.hostname.replace(/^\[|\]$/g, '');
  const plain = target.protocol === 'http:';
  if (isIP(literal) && !mayCall(literal, rules, plain)) return Promise.reject(notToBeCalled(literal, plain));
  return new Promise((resolve, reject) => {
    let answering = false;
    const fail = (error: Error) => {
      reject(error instanceof OutboundRefusal ? error : new OutboundRefusal('network', `${target.host} did not answer (${(error as NodeJS.ErrnoException).code ?? 'no reason given'}).`, { cause: error }));
      request.destroy();
    };
    const request = (target.protocol === 'https:' ? https : http).request(target, {
      method, agent: false, lookup: checkedLookup(rules, plain), maxHeaderSize: 16 * 1024,
      headers: { 'user-agent': 'countersign', ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
    }, (response) => {
      answering = true;
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxAnswerBytes) fail(new OutboundRefusal('too_long', `${target.host} answered with more than ${maxAnswerBytes} bytes.`));
        else chunks.push(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }));
      response.on('error', fail);
    });
    const clock = setTimeout(() => fail(new OutboundRefusal('timeout', `${target.host} did not answer within ${timeoutMs / 1_000} s.`)), timeoutMs);
    request.on('error', fail);
    // Also where neither an answer nor an error came before: a receiver that switches protocols unasked ends the request without a word.
    request.on('close', () => {
      clearTimeout(clock);
      if (!answering) fail(new OutboundRefusal('network', `${target.host} gave no answer that counts.`));
    });
    request.end(body);
  });
}

const notToBeCalled = (address: string, plain: boolean) => new OutboundRefusal('address', plain && isPublicAddress(address)
  ? `${address} is not called: without TLS only this machine is, and what OUTBOUND_ALLOW_HOSTS names.`
  : `${address} is not called: it is an address inside, not one on the internet.`);

/**
 * The address that a host's name leads to, for a client of another protocol that then connects to exactly that. Refused where it must
 * not be called, as `callOut` refuses it. `plain`: it will be spoken to without TLS.
 */
export function checkedAddress(host: string, rules: AddressRules, plain = false): Promise<string> {
  if (isIP(host)) return mayCall(host, rules, plain) ? Promise.resolve(host) : Promise.reject(notToBeCalled(host, plain));
  return new Promise((resolve, reject) => {
    checkedLookup(rules, plain)(host, {}, (error, address) => {
      if (!error) resolve(String(address));
      else reject(error instanceof OutboundRefusal ? error : new OutboundRefusal('network', `${host} was not found (${error.code ?? 'no reason given'}).`, { cause: error }));
    });
  });
}

/** Looks a name up and hands the connection only what may be called: nobody gets to answer differently a second time. */
const checkedLookup = (rules: AddressRules, plain: boolean): LookupFunction => (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) { callback(error, '', 0); return; }
    // One bad address among good ones is reason enough: which one is used is up to the network.
    const bad = addresses.find(({ address }) => !mayCall(address, rules, plain));
    if (bad || addresses.length === 0) { callback(notToBeCalled(bad?.address ?? hostname, plain), '', 0); return; }
    if (options.all) callback(null, addresses);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};
