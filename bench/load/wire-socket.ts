import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { Socket } from 'node:net';

/** What a server answered to one event: its text as it came, and when. */
export type OnAnswer = (text: string) => void;
/** Hears an event of the server's as its text, `["name",body]`; what it gives back, JSON text, is the acknowledgement. */
export type OnEvent = (text: string) => string | undefined;

/**
 * A socket.io client that does nothing but send events and hear acknowledgements, at a fraction of a real client's cost:
 * on a small machine the load's own work would otherwise be taken for the server's. Real clients are used in the tests.
 */
export class WireSocket {
  private readonly waiting = new Map<number, OnAnswer>();
  private rest: Buffer = Buffer.alloc(0);
  private nextId = 0;
  private closedBecause: string | undefined;

  private constructor(private readonly socket: Socket, private readonly namespace: string, private readonly onClosed: (reason: string) => void, private readonly onEvent?: OnEvent) {}

  static async connect(url: string, namespace: string, auth: unknown, onClosed: (reason: string) => void, onEvent?: OnEvent): Promise<WireSocket> {
    const socket = await upgrade(url);
    const wire = new WireSocket(socket, namespace, onClosed, onEvent);
    await new Promise<void>((resolve, reject) => {
      wire.onOpen = (refusal) => (refusal ? reject(new Error(`refused: ${refusal}`)) : resolve());
      wire.listen();
      wire.send(`40${namespace},${JSON.stringify(auth)}`);
    });
    return wire;
  }

  /** How many events wait for their answer. */
  get unanswered(): number { return this.waiting.size; }

  /** Sends an event whose body is JSON text already. */
  emit(event: string, body: string, onAnswer: OnAnswer): void {
    const id = this.nextId++;
    this.waiting.set(id, onAnswer);
    this.send(`42${this.namespace},${id}["${event}",${body}]`);
  }

  /** The same with a value, and its answer parsed. */
  ask(event: string, body: unknown): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      if (this.closedBecause) return reject(new Error(this.closedBecause));
      this.onGone.add(reject);
      this.emit(event, JSON.stringify(body), (text) => { this.onGone.delete(reject); resolve((JSON.parse(text) as [Record<string, unknown>])[0]); });
    });
  }

  close(): void {
    this.closedBecause ??= 'closed by us';
    this.socket.destroy();
    this.forget();
  }

  /** Why it is closed, if it is. */
  get closed(): string | undefined { return this.closedBecause; }

  private readonly onGone = new Set<(error: Error) => void>();
  /** What was asked and not answered never will be. */
  private forget(): void {
    this.waiting.clear();
    for (const reject of this.onGone) reject(new Error(this.closedBecause));
    this.onGone.clear();
  }

  private onOpen: (refusal?: string) => void = () => {};

  private listen(): void {
    this.socket.on('data', (chunk: Buffer) => this.read(chunk));
    const gone = (reason: string) => {
      if (this.closedBecause) return;
      this.closedBecause = reason;
      this.onOpen(reason);
      this.forget();
      this.onClosed(reason);
    };
    this.socket.on('error', (error) => gone(error.message));
    this.socket.on('close', () => gone('the connection was closed'));
  }

  /** Masked with zeros: the mask protects old proxies from scripts in browsers, and costs time. */
  private send(text: string): void {
    const length = Buffer.byteLength(text);
    const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
    const frame = Buffer.allocUnsafe(head + 4 + length);
    frame[0] = 0x81;
    if (head === 2) frame[1] = 0x80 | length;
    else if (head === 4) { frame[1] = 0x80 | 126; frame.writeUInt16BE(length, 2); }
    else { frame[1] = 0x80 | 127; frame.writeBigUInt64BE(BigInt(length), 2); }
    frame.fill(0, head, head + 4);
    frame.write(text, head + 4, 'utf8');
    this.socket.write(frame);
  }

  private read(chunk: Buffer): void {
    let data = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (;;) {
      if (data.length < 2) break;
      const short = data[1]! & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (data.length < head) break;
      const length = short < 126 ? short : short === 126 ? data.readUInt16BE(2) : Number(data.readBigUInt64BE(2));
      if (data.length < head + length) break;
      const opcode = data[0]! & 0x0f;
      if (opcode === 1) this.take(data.toString('utf8', head, head + length));
      else if (opcode === 8) this.socket.end();
      data = data.subarray(head + length);
    }
    this.rest = data;
  }

  private take(text: string): void {
    switch (text.charCodeAt(0)) {
      case 0x30: return; // engine.io's own greeting
      case 0x32: return this.send('3'); // ping
      case 0x34: break;
      default: return;
    }
    const from = 2 + this.namespace.length + 1;
    switch (text.charCodeAt(1)) {
      case 0x30: return this.onOpen();
      case 0x34: return this.onOpen(text.slice(from));
      case 0x31: this.socket.end(); return;
      case 0x33: {
        const bracket = text.indexOf('[', from);
        const id = Number(text.slice(from, bracket));
        const onAnswer = this.waiting.get(id);
        this.waiting.delete(id);
        onAnswer?.(text.slice(bracket));
        return;
      }
      case 0x32: {
        // The server's own events are acknowledged; who has no ear for them does not look at them.
        const bracket = text.indexOf('[', from);
        const answer = bracket >= from ? this.onEvent?.(text.slice(bracket)) : undefined;
        if (bracket > from) this.send(`43${this.namespace},${text.slice(from, bracket)}[${answer ?? '{}'}]`);
      }
    }
  }
}

function upgrade(url: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = http.get(`${url}/socket.io/?EIO=4&transport=websocket`, {
      agent: false,
      headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': randomBytes(16).toString('base64') },
    });
    request.once('upgrade', (_response, socket, head) => {
      socket.setNoDelay(true);
      if (head.length > 0) socket.unshift(head);
      resolve(socket as Socket);
    });
    request.once('response', (response) => reject(new Error(`no WebSocket: ${response.statusCode}`)));
    request.once('error', reject);
  });
}
