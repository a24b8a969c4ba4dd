/** Longer than any line that we write; a file with a longer one is not ours, and must not fill our memory. */
const MAX_LINE = 8 * 1024 * 1024;
const LINE_FEED = 0x0a;
/** Stands for a line that was too long to keep; it is no line of the format, so it is named like any other damage. */
const TOO_LONG = Buffer.from('line too long\n');

/**
 * Cuts a file's chunks so that each ends with a line feed, whatever sizes they come in. Only the last may end without
 * one, where the file does.
 */
export async function* wholeLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  let held = 0;
  let skipping = false;
  for await (const some of chunks) {
    const chunk = Buffer.from(some.buffer, some.byteOffset, some.byteLength);
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      // What is left of an overlong line ends at the first line feed.
      const start = skipping ? chunk.indexOf(LINE_FEED) + 1 : 0;
      if (end > start) yield rest.length === 0 ? chunk.subarray(start, end) : Buffer.concat([...rest, chunk.subarray(start, end)]);
      skipping = false;
      rest = [];
      held = 0;
    }
    if (skipping || end === chunk.length) continue;
    rest.push(chunk.subarray(end));
    held += chunk.length - end;
    if (held <= MAX_LINE) continue;
    yield TOO_LONG;
    skipping = true;
    rest = [];
    held = 0;
  }
  if (held > 0) yield Buffer.concat(rest);
}
