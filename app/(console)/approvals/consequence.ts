import type { RiskMark } from '@/components/approvals/view';
import type { CallSentence } from '@/lib/policies';
import type { RegistryTool } from '@/lib/protocol/registry';

export type Weighed = { marks: RiskMark[]; recallable: boolean };
type Call = { tool: RegistryTool | undefined; args: Readonly<Record<string, unknown>>; domains: readonly string[]; tainted: boolean; firstTime: boolean };

/** Risk in words, from what the tool is and whom the arguments name; the most telling first, as a card shows four. */
export function weigh({ tool, args, domains, tainted, firstTime }: Call): Weighed {
  const classes = new Set(tool?.classes ?? []);
  const reads = tool?.annotations.readOnlyHint === true;
  // A tool that is not in the registry any more is taken at its worst.
  const recallable = tool !== undefined && (reads || (tool.annotations.destructiveHint !== true && !['external-communication', 'financial', 'code-execution', 'destructive'].some((name) => classes.has(name))));
  const marks: [RiskMark, boolean][] = [
    ['irreversible', !recallable],
    ['external', goesOutside(tool, args, domains)],
    ['tainted', tainted],
    ['money', classes.has('financial')],
    ['first_time', firstTime],
    ['many_records', classes.has('data-access') && tool?.resource === undefined],
  ];
  return { marks: marks.flatMap(([mark, holds]) => (holds ? [mark] : [])), recallable };
}

/** Whether it reaches beyond the organisation: by the addresses it names, and where it names none by the tool's own word. */
function goesOutside(tool: RegistryTool | undefined, args: Readonly<Record<string, unknown>>, domains: readonly string[]): boolean {
  if (!tool) return true;
  const addresses = Object.entries(tool.formats).filter(([, format]) => format === 'email-list').map(([pointer]) => at(args, pointer)).filter((value) => value !== undefined);
  const hosts = addresses.flatMap((value) => [...JSON.stringify(value).matchAll(/@([^\s"'<>,;)\]]+)/g)].map((match) => match[1]!.toLowerCase().replace(/\.$/, '')));
  if (hosts.length > 0) return hosts.some((host) => !domains.some((domain) => host === domain || host.endsWith(`.${domain}`)));
  return tool.classes.includes('external-communication') || tool.annotations.openWorldHint === true;
}

const at = (args: unknown, pointer: string) => pointer.slice(1).split('/').reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined), args);

/** What happens in the world if it runs. Only what is known; the tool's own sentence says what can be undone. */
export function consequenceOf(tool: RegistryTool | undefined, call: CallSentence | undefined, { marks, recallable }: Weighed): { sentence: string; undo: string; recallable: boolean } {
  if (!tool || !call) return { sentence: 'The tool is not in the registry any more, so nothing is known about what it does.', undo: 'Take it as something that cannot be undone.', recallable: false };
  const effects = [
    marks.includes('external') && !tool.annotations.readOnlyHint && 'It leaves the organisation.', marks.includes('money') && 'It moves money.', marks.includes('many_records') && 'It touches many people’s records.',
    tool.classes.includes('code-execution') && 'It runs a command on a machine.', tool.annotations.readOnlyHint && 'It changes nothing.',
  ].filter((effect) => typeof effect === 'string');
  return { sentence: effects.length > 0 ? effects.join(' ') : 'It changes what is kept inside.', undo: call.undo, recallable };
}
