/** A text's beginning of at most so many UTF-16 units, through no character: half of one is no text, and nothing that is signed or stored takes it. */
export const cutText = (text: string, most: number): string => text.slice(0, text.length > most && /[\ud800-\udbff]/.test(text[most - 1] ?? '') ? most - 1 : most);
