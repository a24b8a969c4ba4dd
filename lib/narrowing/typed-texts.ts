type Args = Readonly<Record<string, unknown>>;

/** The texts that whoever changed the arguments wrote: those of the new ones that are nowhere in the old ones. Their provenance is that person. */
export function typedTexts(before: Args, after: Args): string[] {
  const had = new Set(textsIn(before));
  return [...new Set(textsIn(after))].filter((text) => text !== '' && !had.has(text));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
