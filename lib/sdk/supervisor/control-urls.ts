import { InvalidRequest } from '../errors';

/** As many as anybody runs, and no list that was pasted by mistake. */
const MOST = 16;

/** Where control is: one address for each control process, also several in one text with commas between them. */
export function readControlUrls(given: string | readonly string[]): URL[] {
  const texts = [given].flat().flatMap((text) => text.split(',')).map((text) => text.trim()).filter((text) => text !== '');
  const urls = texts.map((text) => {
    const url = URL.parse(text.endsWith('/') ? text : `${text}/`);
    if (!url || !['http:', 'https:'].includes(url.protocol)) throw new InvalidRequest(`"${text.slice(0, 200)}" is no address of control: give one that begins with https:// or http://, several with commas between them.`);
    return url;
  });
  // The same one twice would be no second way to it.
  const each = [...new Map(urls.map((url) => [url.href, url])).values()];
  if (each.length === 0) throw new InvalidRequest('Say where control is: at least one address.');
  if (each.length > MOST) throw new InvalidRequest(`Give at most ${MOST} addresses of control.`);
  return each;
}
