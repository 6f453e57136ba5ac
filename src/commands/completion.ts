import { defineCommand, GLOBAL_FLAGS } from '../cli/command.ts';
import { type CompletionCommand, completionScript, SHELLS } from '../cli/completion.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { COMMANDS } from './index.ts';

export const completionCommand = defineCommand({
  name: 'completion',
  summary: 'print a completion script for bash, zsh or fish',
  positionals: { shell: { describe: `the shell: ${SHELLS.join(', ')}`, required: true } },
  flags: {},
  examples: [
    { command: 'devca completion bash > ~/.local/share/bash-completion/completions/devca', does: 'for bash' },
    { command: 'devca completion zsh > "${fpath[1]}/_devca"', does: 'for zsh' },
    { command: 'devca completion fish > ~/.config/fish/completions/devca.fish', does: 'for fish' },
  ],
  async run({ positionals: { shell } }, { output }) {
    const chosen = SHELLS.find((known) => known === shell);
    if (chosen === undefined) {
      const expected = `one of ${SHELLS.join(', ')}`;
      throw new DevcaError('DEVCA_USAGE_VALUE', {
        command: 'completion',
        flag: 'SHELL',
        value: shell,
        expected,
      });
    }
    const commands: CompletionCommand[] = [];
    for (const entry of COMMANDS) {
      const command = await entry.load();
      commands.push({ ...entry, flags: { ...command.flags, ...GLOBAL_FLAGS } });
    }
    const script = completionScript(chosen, commands);
    output.result({ shell: chosen, script }, () => script);
    return 0;
  },
});
