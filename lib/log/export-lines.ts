import { StringDecoder } from 'node:string_decoder';

/** Longer than any line that we write; a file with a longer one is not ours, and must not fill our memory. */
const MAX_LINE = 8 * 1024 * 1024;

/**
 * Splits a file's chunks into lines, without their line feeds, a batch for every chunk. A last line without a line feed
 * comes as it is, marked by `ended: false`; a line that is too long comes cut off, and is then no line of the format.
 */
export async function* exportLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<{ lines: string[]; ended: boolean }> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let skipping = false;
  for await (const chunk of chunks) {
    const lines = (rest + decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))).split('\n');
    rest = lines.pop() as string;
    if (skipping && lines.length > 0) {
      lines.shift();
      skipping = false;
    }
    if (rest.length > MAX_LINE) {
      if (!skipping) lines.push(rest.slice(0, 100));
      skipping = true;
    }
    if (skipping) rest = '';
    if (lines.length > 0) yield { lines, ended: true };
  }
  rest += decoder.end();
  if (rest !== '' && !skipping) yield { lines: [rest], ended: false };
}
