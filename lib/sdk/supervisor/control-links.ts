import type { Exited } from '@/lib/protocol';
import { pause } from '../back-off';
import type { CountersignError } from '../errors';
import { ControlLink, type LinkOptions } from './control-link';

export type LinksEvents = {
  /** One of them has answered. */
  onHeard(url: string): void;
  /** Nothing stands against the process, as far as anybody who can be reached knows. Told again and again. */
  onReady(): void;
  /** Every lease is over without a word. */
  onSilence(): void;
  onDown(url: string, why: CountersignError | undefined): void;
  /** Each of them was asked, and none takes the key. */
  onHopeless(why: CountersignError): void;
};

/** Once one control has the end, the others that are connected get this long to take it as well (milliseconds). */
const OTHERS_MS = 2_000;

/**
 * The connections to every control process. A stop that was taken without the database is known to the control that took it and to
 * nobody else, so each of them is listened to, and a stop by any one counts. Silence counts only when all of them are silent, each for
 * longer than its own lease: one that is out of reach says nothing about the process, and must not end a fleet that others still hold.
 */
export class ControlLinks {
  readonly #links: readonly ControlLink[];
  #silenceTimer: NodeJS.Timeout | undefined;
  #closed = false;
  #heardOnce = false;

  constructor(urls: readonly URL[], options: Omit<LinkOptions, 'links'>, private readonly events: LinksEvents) {
    this.#links = urls.map((url): ControlLink => new ControlLink(url, { ...options, links: urls.length }, {
      onHeard: () => this.#onHeard(url.href),
      onExtended: () => this.#watch(),
      onDown: (why) => this.#onDown(url.href, why),
    }));
  }

  /** Connects to all and stays connected. */
  open(): void {
    for (const link of this.#links) void link.open();
  }

  /** Milliseconds for which the process may go on without another word from anybody. */
  get remainingMs(): number { return Math.max(...this.#links.map((link) => link.remainingMs)); }

  /** Tells every control that can be reached how the process ended: the database may be away, and one that has heard may be gone before it is back. True once at least one has it. */
  async report(end: Exited, withinMs: number): Promise<boolean> {
    const late = new AbortController();
    const reports = this.#links.map((link) => link.report(end).then(() => true));
    const first = await Promise.race([...reports, pause(withinMs, late.signal).then(() => false)]);
    const others = reports.filter((_report, at) => this.#links[at]!.connected);
    if (first) await Promise.race([Promise.all(others), pause(OTHERS_MS, late.signal)]);
    late.abort();
    return first;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#silenceTimer);
    for (const link of this.#links) link.close();
  }

  #onHeard(url: string): void {
    this.#heardOnce = true;
    this.#watch();
    this.events.onHeard(url);
    this.#readyIfSo();
  }

  #onDown(url: string, why: CountersignError | undefined): void {
    this.events.onDown(url, why);
    const refusals = this.#links.map((link) => link.refusal);
    if (!this.#heardOnce && why && refusals.every((refusal) => refusal !== undefined)) return this.events.onHopeless(why);
    this.#readyIfSo();
  }

  /** Each was tried at least once, so that whoever can be reached has said what stands; and one of them knows all that the database says. */
  #readyIfSo(): void {
    if (this.#links.some((link) => link.complete) && this.#links.every((link) => link.state !== 'trying')) this.events.onReady();
  }

  /** Nothing depends on this timer firing in time: what is left is asked anew when it does. */
  #watch(): void {
    clearTimeout(this.#silenceTimer);
    if (this.#closed) return;
    const left = this.remainingMs;
    if (left <= 0) return this.events.onSilence();
    this.#silenceTimer = setTimeout(() => this.#watch(), left);
  }
}
