import type { RiskMark } from '@/components/approvals/view';
import { isOwn } from '@/lib/inspect';
import type { CallSentence } from '@/lib/policies';
import { unescapeStep } from '@/lib/protocol/json-pointer';
import type { RegistryTool } from '@/lib/protocol/registry';

/** `people`: how many addresses are named, and how many of them are not ours; `money`: each amount that is named, as it is read. */
export type Reach = { people: number; outside: number; money: string[] };
export type Weighed = { marks: RiskMark[]; recallable: boolean; reach: Reach };
type Call = { tool: RegistryTool | undefined; args: Readonly<Record<string, unknown>>; domains: readonly string[]; tainted: boolean; firstTime: boolean; /** It is asked because its session is held to less. */ constrained?: boolean };

/** Risk in words, from what the tool is and whom the arguments name; the most telling first, as a card shows four. */
export function weigh({ tool, args, domains, tainted, firstTime, constrained = false }: Call): Weighed {
  const classes = new Set(tool?.classes ?? []);
  const reads = tool?.annotations.readOnlyHint === true;
  // A tool that is not in the registry any more is taken at its worst.
  const recallable = tool !== undefined && (reads || (tool.annotations.destructiveHint !== true && !['external-communication', 'financial', 'code-execution', 'destructive'].some((name) => classes.has(name))));
  const marks: [RiskMark, boolean][] = [
    ['irreversible', !recallable],
    ['external', goesOutside(tool, args, domains)],
    ['tainted', tainted],
    ['money', classes.has('financial')],
    ['constrained', constrained],
    ['first_time', firstTime],
    ['many_records', classes.has('data-access') && tool?.resource === undefined],
  ];
  return { marks: marks.flatMap(([mark, holds]) => (holds ? [mark] : [])), recallable, reach: reachOf(tool, args, domains) };
}

/** Whether it reaches beyond the organisation: by the addresses it names, and where it names none by the tool's own word. */
function goesOutside(tool: RegistryTool | undefined, args: Readonly<Record<string, unknown>>, domains: readonly string[]): boolean {
  if (!tool) return true;
  const hosts = hostsOf(tool, args);
  if (hosts.length > 0) return hosts.some((host) => !isOwn(host, domains));
  return tool.classes.includes('external-communication') || tool.annotations.openWorldHint === true;
}

/** The host of each address that the arguments name, in the order in which they stand. */
function hostsOf(tool: RegistryTool, args: Readonly<Record<string, unknown>>): string[] {
  const addresses = Object.entries(tool.formats).filter(([, format]) => format === 'email-list').map(([pointer]) => at(args, pointer)).filter((value) => value !== undefined);
  return addresses.flatMap((value) => [...JSON.stringify(value).matchAll(/@([^\s"'<>,;)\]]+)/g)].map((match) => match[1]!.toLowerCase().replace(/\.$/, '')));
}

/** More amounts than these are counted. */
const MOST_AMOUNTS = 3;

function reachOf(tool: RegistryTool | undefined, args: Readonly<Record<string, unknown>>, domains: readonly string[]): Reach {
  if (!tool) return { people: 0, outside: 0, money: [] };
  const hosts = hostsOf(tool, args);
  const amounts = Object.entries(tool.formats).filter(([, format]) => format === 'money').flatMap(([pointer]) => {
    const value = at(args, pointer) as { amount?: unknown; currency?: unknown } | undefined;
    return typeof value?.amount === 'string' && typeof value.currency === 'string' ? [`${value.currency} ${value.amount}`] : [];
  });
  return { people: hosts.length, outside: hosts.filter((host) => !isOwn(host, domains)).length, money: amounts.slice(0, MOST_AMOUNTS) };
}

const peopleWords = (count: number) => (count === 1 ? 'one address' : `${count.toLocaleString('en')} addresses`);

const at = (args: unknown, pointer: string) => pointer.slice(1).split('/').reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[unescapeStep(key)] : undefined), args);

/** What happens in the world if it runs. Only what is known; the tool's own sentence says what can be undone. */
export function consequenceOf(tool: RegistryTool | undefined, call: CallSentence | undefined, { marks, recallable, reach }: Weighed): { sentence: string; undo: string; recallable: boolean } {
  if (!tool || !call) return { sentence: 'The tool is not in the registry any more, so nothing is known about what it does.', undo: 'Take it as something that cannot be undone.', recallable: false };
  const effects = [
    marks.includes('external') && !tool.annotations.readOnlyHint && (reach.people > 0 ? `It leaves the organisation, for ${reach.outside < reach.people ? `${reach.outside.toLocaleString('en')} of ` : ''}${peopleWords(reach.people)}.` : 'It leaves the organisation.'),
    !marks.includes('external') && reach.people > 0 && !tool.annotations.readOnlyHint && `It reaches ${peopleWords(reach.people)} inside.`,
    marks.includes('money') && (reach.money.length > 0 ? `It moves ${reach.money.join(' and ')}.` : 'It moves money.'), marks.includes('many_records') && 'It touches many people’s records.',
    tool.classes.includes('code-execution') && 'It runs a command on a machine.', tool.annotations.readOnlyHint && 'It changes nothing.',
  ].filter((effect) => typeof effect === 'string');
  return { sentence: effects.length > 0 ? effects.join(' ') : 'It changes what is kept inside.', undo: call.undo, recallable };
}
