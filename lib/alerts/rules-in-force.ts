import { sql } from '@/lib/db';
import { bundleSchema, usualAlertRules, usualFlood, type AlertRule } from '@/lib/policies/schema';
import type { KeySet } from '@/lib/protocol/ed25519-key';
import { openBundleText } from '@/lib/signing';

/**
 * The rules of the bundle in force, opened with its key as the gate does. One that does not hold changes nothing: the last good
 * one stays, and before the first the usual rules hold, since what is suspicious must call somebody meanwhile.
 */
export class RulesInForce {
  #held: { sequence: number; sha256: string; rules: readonly AlertRule[]; asksPerMinute: number; classes: ReadonlyMap<string, readonly string[]> } = { sequence: 0, sha256: '', rules: usualAlertRules, ...usualFlood, classes: new Map() };
  #refused = '';

  constructor(private readonly keys: () => KeySet, private readonly onRefused: (refusal: { sequence: number; reason: string }) => void) {}

  async read(): Promise<readonly AlertRule[]> { return (await this.#read()).rules; }

  /** How often an agent may ask people within a minute. */
  async asksPerMinute(): Promise<number> { return (await this.#read()).asksPerMinute; }

  async #read() {
    const [newest] = await sql.rows<{ sequence: number; sha256: string }>('SELECT sequence, sha256 FROM bundle WHERE activated_at IS NOT NULL ORDER BY sequence DESC LIMIT 1');
    if (!newest || newest.sequence < this.#held.sequence || newest.sha256 === this.#held.sha256) return this.#held;
    const [row] = await sql.rows<{ sequence: number; sha256: string; body: string; jws: string }>('SELECT sequence, sha256, body, jws FROM bundle WHERE sequence = $1', [newest.sequence]);
    const opened = row && openBundleText(row, this.keys());
    const parsed = opened?.ok ? bundleSchema.safeParse(opened.value) : undefined;
    if (row && parsed?.success) this.#held = { sequence: row.sequence, sha256: row.sha256, rules: parsed.data.alerts, ...parsed.data.settings.flood, classes: new Map(parsed.data.tools.map(({ name, classes }) => [name, classes])) };
    else this.#refuse(newest, opened && !opened.ok ? opened.reason : 'its text is not a bundle');
    return this.#held;
  }

  /** The classes of a tool by the bundle that was read last; none for one that it doesn't know. */
  classesOf(tool: string): readonly string[] { return this.#held.classes.get(tool) ?? []; }

  /** Said once a bundle, though it is looked at again and again: its key may come later. */
  #refuse({ sequence, sha256 }: { sequence: number; sha256: string }, reason: string): void {
    if (this.#refused === sha256) return;
    this.#refused = sha256;
    this.onRefused({ sequence, reason });
  }
}
