import { fields, text, type Toolset } from './toolset';

export const shell: Toolset = {
  tools: [
    {
      name: 'run_command', toolset: 'shell', operation: 'run', classes: ['code-execution', 'destructive'],
      description: 'Run a command line on the agent’s machine.',
      inputSchema: fields({ command: text(8_000), workingDirectory: text(4_096) }, ['workingDirectory']),
      formats: { '/command': 'command', '/workingDirectory': 'path' },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
      redeem: 'required',
      display: { title: 'Run “{command}”', verb: 'Run', object: '“{command}”', destination: '{workingDirectory}', undo: 'A command that ran cannot be taken back.' },
    },
  ],
  policies: {
    'shell.run': `@ask("shell")
@reason("A command runs with all the rights of the agent’s machine. Approve only what you could explain word by word.")
permit (principal, action == Action::"call", resource == Tool::"run_command");`,
    'shell.machine': `@reason("The command can switch off or wipe the machine; that is never an agent’s to do.")
forbid (principal, action == Action::"call", resource == Tool::"run_command")
when { context.args.command.programs.containsAny(["mkfs", "mkfs.ext4", "dd", "shutdown", "reboot", "halt", "poweroff", "init", "wipefs", "fdisk"]) };`,
    'shell.untrusted': `@reason("The command’s text was taken from a tool’s output, a document, memory or another agent. Such text is never run.")
forbid (principal, action == Action::"call", resource == Tool::"run_command")
when { ["tool", "document", "memory", "agent"].contains(context.provenance.command) };`,
  },
};
