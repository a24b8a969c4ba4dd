import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { redeemPermit, type ActionRun, type Args } from '@/lib/sdk';
import type { Effects } from './effects';
import { customer, customerList } from './made-up';
import type { Random } from './random';
import type { Ticket } from './tickets';

type Tool = (args: Args, run: ActionRun) => unknown;

/**
 * The tools that the simulated agents hold. None reaches beyond the run's folder; each that does something leaves a file or a
 * row named by its action, and only after the gateway has taken its permit: redeemed once, for exactly these arguments.
 */
export class DemoTools {
  readonly #tickets = new Map<string, Ticket>();

  constructor(private readonly gateway: string, private readonly effects: Effects, private readonly random: Random) {}

  /** Puts a ticket where `read_ticket` finds it. */
  file(ticket: Ticket): void { this.#tickets.set(ticket.id, ticket); }

  run(tool: string, args: Args, run: ActionRun): unknown {
    const found = this.#tools[tool];
    if (!found) throw new Error(`The demo has no tool "${tool}".`);
    return found(args, run);
  }

  readonly #tools: Record<string, Tool> = {
    search_articles: ({ query }) => ({ articles: Array.from({ length: this.random.whole(1, 4) }, () => ({ id: `KB-${this.random.whole(100, 999)}`, title: `${this.random.pick(['About', 'How to handle', 'Frequent questions on'])} ${String(query)}` })) }),
    read_ticket: ({ ticketId }) => {
      const ticket = this.#tickets.get(String(ticketId));
      if (!ticket) throw new Error(`There is no ticket ${String(ticketId)}.`);
      return ticket;
    },
    update_ticket: async (args, run) => {
      await this.#redeem('update_ticket', args, run);
      await this.effects.ticket(run.actionId, args);
      return { updated: args.ticketId };
    },
    send_email: async (args, run) => {
      await this.#redeem('send_email', args, run);
      await this.effects.mail(run.actionId, args);
      return { accepted: true };
    },
    // Says nothing beyond that it worked: a result is text from a tool, and what follows such text is looked at more closely.
    issue_refund: async (args, run) => {
      await this.#redeem('issue_refund', args, run);
      await this.effects.refund(run.actionId, args);
    },
    read_customer: ({ customerId }) => ({ ...customer(this.random), id: customerId }),
    export_customers: async (args, run) => {
      await this.#redeem('export_customers', args, run);
      const lines = this.random.whole(40, 120);
      return { file: await this.effects.export(run.actionId, customerList(this.random, lines)), customers: lines };
    },
    fetch_url: ({ url }) => `SIMULATED page: nothing was fetched from ${String(url)}. It would say that version ${this.random.whole(16, 30)} is the stable one.`,
    list_directory: async ({ path: folder }) => ({ entries: await readdir(this.#inside(folder)) }),
    read_text_file: ({ path: file }) => readFile(this.#inside(file), 'utf8'),
    run_command: async (args, run) => {
      await this.#redeem('run_command', args, run);
      await this.effects.command(run.actionId, { ...args, executed: false });
      return 'SIMULATED: written to the command log; nothing was executed.';
    },
  };

  async #redeem(tool: string, args: Args, run: ActionRun): Promise<void> {
    if (!run.permit) throw new Error('There is no permit, so nothing is done.');
    await redeemPermit(run.permit, { url: this.gateway, tool, args });
  }

  /** The simulated server's root is a folder of this run; whatever would lead out of it is refused. */
  #inside(given: unknown): string {
    const root = path.join(this.effects.folder, 'files');
    const full = path.join(root, path.posix.normalize(`/${String(given)}`));
    if (!full.startsWith(root + path.sep)) throw new Error('That path leads out of the file server.');
    return full;
  }
}
