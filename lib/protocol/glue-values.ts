type Options = Readonly<Record<string, { type: 'string' | 'boolean'; short?: string }>>;

/**
 * The words of a command line, with each value that begins with a dash joined to its option (`--key -x` → `--key=-x`). Pins and keys are
 * base64url: one of 64 begins with a dash, and `parseArgs` would take it for an option of its own. A word that is an option of this
 * command stays one, so that a forgotten value is still said.
 */
export function glueValues(argv: readonly string[], options: Options): string[] {
  const takesValue = (word: string) => word.startsWith('--') && options[word.slice(2)]?.type === 'string';
  const isOption = (word: string) => word === '--' || Object.entries(options).some(([name, { short }]) => word === `--${name}` || word.startsWith(`--${name}=`) || (short !== undefined && word === `-${short}`));
  const words: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at]!;
    if (word === '--') return [...words, ...argv.slice(at)];
    const value = argv[at + 1];
    if (takesValue(word) && value?.startsWith('-') && !isOption(value)) { words.push(`${word}=${value}`); at++; }
    else words.push(word);
  }
  return words;
}
