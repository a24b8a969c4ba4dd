// Imports run one way: server.ts → lib/processes → app, lib/socket, lib/jobs → rooms → log, access, signing, inspect, behaviour, db → protocol, errors.
// Each rule has a bad example under .dependency-cruiser/fixtures that `npm run check` proves it against.
const tests = '\\.test\\.tsx?$';
const testing = `^lib/testing/|/testing\\.ts$|${tests}`;
const foundation = 'log|access|signing|inspect|provenance|behaviour|db';
const rooms = 'agents|sessions|approvals|switches|policies|incidents|alerts|gate|notify';
const transports = 'socket|jobs|processes|cli|demo';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'lib-without-framework', severity: 'error',
      comment: 'lib is the product; it must also run where there is no Next and no React. Only the console process starts Next.',
      from: { path: '^lib/', pathNot: '^lib/processes/console' },
      to: { path: '(^|node_modules/)(next|react|react-dom|next-auth|server-only|client-only)(/|$)' },
    },
    {
      name: 'components-know-shapes-only', severity: 'error',
      comment: 'Components get data and actions as props: from lib they may only know schema, rules and the protocol.',
      from: { path: '^components/', pathNot: tests },
      to: { path: '^(lib|app)/', pathNot: '^lib/protocol/|^lib/[^/]+/(schema|rules)(\\.ts$|/)' },
    },
    {
      name: 'browser-without-schemas', severity: 'error',
      comment: 'A schema brings its parser into the browser, a fifth of what a page may weigh: components know its types; values that they need are in rules.',
      from: { path: '^components/', pathNot: tests },
      to: { path: '^lib/[^/]+/schema(\\.ts$|/)|(^|node_modules/)zod/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'rooms-by-the-door', severity: 'error',
      comment: 'A room is entered by index, schema or rules. The protocol is all schemas. Starting and migrating the database is a matter of the processes alone, and not in its door, which every page loads.',
      // `verify` reads an export on any machine: it must not load a door that opens the database.
      from: { path: '^(lib/([^/]+)/|app/|server\\.ts)', pathNot: `^lib/cli/verify|${testing}` },
      to: { path: '^lib/[^/]+/', pathNot: '^lib/$2/|^lib/[^/]+/(index|schema|rules)\\.ts$|^lib/[^/]+/(schema|rules)/|^lib/protocol/|^lib/processes/|^lib/sdk/(mcp-proxy|supervisor)/index\\.ts$|^lib/db/(embedded|embedded-database|embedded-postmaster|migrate|roles|watch)\\.ts$' },
    },
    {
      name: 'only-processes-run-the-database', severity: 'error',
      comment: 'Starting, migrating and granting belong to the supervisor (and to tests).',
      from: { path: '^(lib|app|components)/', pathNot: `^lib/(processes|db)/|${testing}` },
      to: { path: '^lib/db/(embedded|embedded-database|embedded-postmaster|migrate|roles|watch)\\.ts$' },
    },
    {
      name: 'only-server-starts-processes', severity: 'error',
      comment: 'The mains are the top of the house: nothing below calls them. Restoring is the one command that brings up a database by itself, since nothing else may run there.',
      from: { path: '^(lib|app|components)/', pathNot: `^lib/processes/|^lib/cli/restore\\.ts$|${testing}` },
      to: { path: '^lib/processes/' },
    },
    {
      name: 'sdk-knows-protocol-only', severity: 'error',
      comment: 'The SDK is a package of its own.',
      from: { path: '^lib/sdk/', pathNot: tests },
      to: { path: '^(lib|app|components)/|^server\\.ts', pathNot: '^lib/(sdk|protocol)/' },
    },
    {
      name: 'database-only-in-db', severity: 'error',
      comment: 'lib/db is the only room that knows the database.',
      from: { path: '^(lib|app|components)/|^server\\.ts', pathNot: `^lib/db/|${testing}` },
      to: { path: '(^|node_modules/)(pg|@prisma/[^/]+|prisma)(/|$)|^lib/db/generated/' },
    },
    {
      name: 'protocol-stands-alone', severity: 'error',
      comment: 'Clients in other places use the contract without the product.',
      from: { path: '^lib/protocol/', pathNot: tests },
      to: { path: '^(lib|app|components)/', pathNot: '^lib/protocol/' },
    },
    {
      name: 'foundation-below-rooms', severity: 'error',
      comment: `What every room stands on (${foundation.replaceAll('|', ', ')}) knows no room.`,
      from: { path: `^lib/(${foundation})/`, pathNot: tests },
      to: { path: `^lib/(${rooms}|${transports})/` },
    },
    {
      name: 'rooms-below-transports', severity: 'error',
      comment: 'A verb does not know who called it.',
      from: { path: `^lib/(${rooms})/`, pathNot: tests },
      to: { path: `^lib/(${transports})/|^app/|^components/` },
    },
    {
      name: 'lib-below-screens', severity: 'error',
      comment: 'lib is used by screens and knows none.',
      from: { path: '^lib/' },
      to: { path: '^(app|components)/' },
    },
    {
      name: 'product-without-tests', severity: 'error',
      comment: 'What ships does not load what tests it.',
      from: { path: '^(lib|app|components)/|^server\\.ts', pathNot: testing },
      to: { path: '^(e2e|bench|examples)/|^lib/testing/|\\.test\\.tsx?$' },
    },
    {
      name: 'no-circle', severity: 'error',
      comment: 'Two files that need each other are one file, or need a third.',
      from: { path: '^(lib|app|components)/', pathNot: '^lib/db/generated/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable', severity: 'error',
      comment: 'An import that leads nowhere fails at run time.',
      from: { path: '^(lib|app|components)/|^server\\.ts' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-dev-package-in-product', severity: 'error',
      comment: 'An installation without development packages must run.',
      from: { path: '^(lib|app|components)/|^server\\.ts', pathNot: testing },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^lib/db/generated/(internal|models)/|^\\.next/|^dist/|^lib/sdk/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'], extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'] },
  },
};
