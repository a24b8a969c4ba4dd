import { fields, text, type Toolset } from './toolset';

export const knowledgeBase: Toolset = {
  tools: [
    {
      name: 'search_articles', toolset: 'knowledge_base', operation: 'search', classes: ['read-only'],
      description: 'Search the help centre’s published articles.',
      inputSchema: fields({ query: text(500), limit: { type: 'integer', minimum: 1, maximum: 50 } }, ['limit']),
      formats: { '/query': 'string' },
      annotations: { readOnlyHint: true, openWorldHint: false },
      display: { title: 'Search the help articles for “{query}”', verb: 'Search', object: 'help articles for “{query}”', undo: 'Nothing to undo: it only reads.' },
    },
  ],
  policies: {
    'knowledge-base.search': `@reason("Anyone may search published help articles.")
permit (principal, action == Action::"call", resource == Tool::"search_articles");`,
  },
};
