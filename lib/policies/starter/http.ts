import { fields, text, type Toolset } from './toolset';

/** Public documentation that agents may read without asking. */
export const documentationHosts = ['developer.mozilla.org', 'docs.python.org', 'nodejs.org', 'www.rfc-editor.org', 'docs.cedarpolicy.com', 'www.postgresql.org'];
const listed = JSON.stringify(documentationHosts);

export const http: Toolset = {
  tools: [
    {
      name: 'fetch_url', toolset: 'http', operation: 'fetch', resource: '/url', classes: ['external-communication', 'read-only'],
      description: 'Fetch a web page with GET.',
      inputSchema: fields({ url: text(8_192) }),
      formats: { '/url': 'url' },
      annotations: { readOnlyHint: true, openWorldHint: true },
      display: { title: 'Fetch {url}', verb: 'Fetch', object: 'a web page', destination: '{url}', undo: 'The address itself is sent: whatever stands in it has left.' },
    },
  ],
  policies: {
    'http.organisation': `@reason("The page is one of the organisation’s own.")
permit (principal, action == Action::"call", resource == Tool::"fetch_url")
when { !context.args.url.external && !context.args.url.schemes.contains("http") };`,
    'http.documentation': `@reason("The page is public documentation on the allowed list.")
permit (principal, action == Action::"call", resource == Tool::"fetch_url")
when { ${listed}.containsAll(context.args.url.hosts) && !context.args.url.schemes.contains("http") };`,
    'http.elsewhere': `@ask("web-access")
@reason("The page is outside the organisation and not on the list of documentation sites. Check the whole address: data can be sent out inside it.")
permit (principal, action == Action::"call", resource == Tool::"fetch_url")
when { context.args.url.external && !${listed}.containsAll(context.args.url.hosts) };`,
    'http.unencrypted': `@ask("web-access")
@reason("The page would be fetched without encryption, so others could read or change it on the way.")
permit (principal, action == Action::"call", resource == Tool::"fetch_url")
when { context.args.url.schemes.contains("http") };`,
    'http.private-network': `@reason("The address is inside a private network or belongs to the machine’s own metadata; agents may not reach it.")
forbid (principal, action == Action::"call", resource == Tool::"fetch_url")
when { context.args.url.private };`,
  },
};
