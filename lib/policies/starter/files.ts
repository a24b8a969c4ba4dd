import type { RegistryToolInput } from '@/lib/protocol/registry';
import { fields, type Toolset } from './toolset';

const onePath = { type: 'string', minLength: 1, maxLength: 4_096 };
const reading = { readOnlyHint: true, openWorldHint: false };
const patterns = { type: 'array', maxItems: 100, items: { type: 'string', maxLength: 500 } };
const onlyReads = 'Nothing to undo: it only reads.';

function reads(name: string, verb: string, object: string, properties: Record<string, object> = {}): RegistryToolInput {
  return {
    name, toolset: 'files', operation: 'read', resource: '/path', classes: ['read-only', 'data-access'],
    inputSchema: fields({ path: onePath, ...properties }, Object.keys(properties)),
    formats: { '/path': 'path' },
    annotations: reading,
    display: { title: `${verb} ${object}`, verb, object, undo: onlyReads },
  };
}

function writes(name: string, idempotent: boolean, properties: Record<string, object>, optional: string[], display: NonNullable<RegistryToolInput['display']>, resource: '/path' | '/destination' = '/path'): RegistryToolInput {
  const paths = ['path', 'source', 'destination'].filter((field) => field in properties);
  return {
    name, toolset: 'files', operation: 'write', resource, classes: ['internal-write', 'destructive'],
    inputSchema: fields(properties, optional),
    formats: Object.fromEntries(paths.map((field) => [`/${field}`, 'path' as const])),
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: idempotent, openWorldHint: false },
    redeem: 'required',
    display,
  };
}

const lines = { type: 'number', minimum: 0, maximum: 1_000_000 };
const content = { type: 'string', maxLength: 200_000 };

/** The tools of the Model Context Protocol's file system server, as it names them. */
export const files: Toolset = {
  tools: [
    reads('read_file', 'Read', '{path}', { head: lines, tail: lines }),
    reads('read_text_file', 'Read', '{path}', { head: lines, tail: lines }),
    reads('read_media_file', 'Read', '{path}'),
    reads('list_directory', 'List', '{path}'),
    reads('list_directory_with_sizes', 'List', '{path}', { sortBy: { type: 'string', enum: ['name', 'size'] } }),
    reads('directory_tree', 'List', 'everything below {path}', { excludePatterns: patterns }),
    {
      ...reads('search_files', 'Search', '{path} for “{pattern}”'),
      inputSchema: fields({ path: onePath, pattern: { type: 'string', minLength: 1, maxLength: 500 }, excludePatterns: patterns }, ['excludePatterns']),
    },
    reads('get_file_info', 'Look at', '{path}'),
    {
      // Many paths at once have no single resource, so only a grant of everything (`**`) covers it.
      name: 'read_multiple_files', toolset: 'files', operation: 'read', classes: ['read-only', 'data-access'],
      inputSchema: fields({ paths: { type: 'array', minItems: 1, maxItems: 200, items: onePath } }),
      formats: { '/paths': 'path' },
      annotations: reading,
      display: { title: 'Read {paths|one file|# files}', verb: 'Read', object: '{paths}', undo: onlyReads },
    },
    {
      name: 'list_allowed_directories', toolset: 'files', operation: 'read', classes: ['read-only'],
      inputSchema: fields({}), annotations: reading,
      display: { title: 'List the folders the file server may use', verb: 'List', object: 'the folders the file server may use', undo: onlyReads },
    },
    writes('write_file', true, { path: onePath, content }, [], { title: 'Write {path}', verb: 'Write', object: 'a file', destination: '{path}', undo: 'An existing file is overwritten; its old content is gone unless it is backed up.' }),
    writes('edit_file', false, { path: onePath, edits: { type: 'array', minItems: 1, maxItems: 200, items: fields({ oldText: content, newText: content }) }, dryRun: { type: 'boolean' } }, ['dryRun'], {
      title: 'Make {edits|one edit|# edits} to {path}', verb: 'Edit', object: '{edits|one place|# places}', destination: '{path}', undo: 'The edits show the old text; it can be put back by hand.',
    }),
    writes('create_directory', true, { path: onePath }, [], { title: 'Create the folder {path}', verb: 'Create', object: 'a folder', destination: '{path}', undo: 'An empty folder can be removed again.' }),
    writes('move_file', false, { source: onePath, destination: onePath }, [], { title: 'Move {source} to {destination}', verb: 'Move', object: '{source}', destination: '{destination}', undo: 'It can be moved back.' }, '/destination'),
  ],
  policies: {
    'files.read': `@reason("Agents may read files in the folders they were granted.")
permit (principal, action == Action::"call", resource in Toolset::"files")
when { resource in ToolClass::"read-only" };`,
    'files.write': `@ask("file-change")
@reason("The agent wants to change files. Check the path and the new content.")
permit (principal, action == Action::"call", resource in Toolset::"files")
when { resource in ToolClass::"internal-write" };`,
    'files.secrets': `@reason("The file usually holds passwords or private keys; agents may neither read nor change it.")
forbid (principal, action == Action::"call", resource in Toolset::"files")
when {
  context.args has path &&
  (context.args.path.names.containsAny([".env", ".netrc", ".pgpass", ".npmrc", "id_rsa", "id_ed25519", "id_ecdsa", "credentials", "shadow"]) ||
   context.args.path.extensions.containsAny(["pem", "key", "p12", "pfx", "kdbx"]))
};`,
    'files.secrets-among-many': `@reason("One of the files usually holds passwords or private keys; agents may not read it.")
forbid (principal, action == Action::"call", resource == Tool::"read_multiple_files")
when {
  context.args.paths.names.containsAny([".env", ".netrc", ".pgpass", ".npmrc", "id_rsa", "id_ed25519", "id_ecdsa", "credentials", "shadow"]) ||
  context.args.paths.extensions.containsAny(["pem", "key", "p12", "pfx", "kdbx"])
};`,
    'files.secrets-moved': `@reason("One of the two files usually holds passwords or private keys; agents may not move it or put another in its place.")
forbid (principal, action == Action::"call", resource == Tool::"move_file")
when {
  [".env", ".netrc", ".pgpass", ".npmrc", "id_rsa", "id_ed25519", "id_ecdsa", "credentials", "shadow"].containsAny(context.args.source.names) ||
  [".env", ".netrc", ".pgpass", ".npmrc", "id_rsa", "id_ed25519", "id_ecdsa", "credentials", "shadow"].containsAny(context.args.destination.names) ||
  ["pem", "key", "p12", "pfx", "kdbx"].containsAny(context.args.source.extensions) ||
  ["pem", "key", "p12", "pfx", "kdbx"].containsAny(context.args.destination.extensions)
};`,
  },
};
