import type { Command } from "commander";

/** A shell that can complete commands. */
export type Shell = "bash" | "zsh" | "fish";

/**
 * The script that completes the commands and options of a program in a shell. File names are completed where no command or option
 * fits.
 */
export function completionScript(shell: Shell, program: Command): string {
  return SCRIPTS[shell](program);
}

const SCRIPTS: Readonly<Record<Shell, (program: Command) => string>> = { bash, zsh, fish };

function bash(program: Command): string {
  const name = program.name();
  return `# Add to ~/.bashrc: source <(${name} completion bash)
_${identifier(name)}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commandNames(program)} ${optionNames(program)}"
  else
    case "\${COMP_WORDS[1]}" in
${program.commands.map((command) => `      ${command.name()}) words="${optionNames(command)}" ;;`).join("\n")}
      *) words="" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${identifier(name)} ${name}
`;
}

/** zsh reads the functions of bash. */
function zsh(program: Command): string {
  const script = bash(program).split("\n").slice(1).join("\n");
  return `# Add to ~/.zshrc: source <(${program.name()} completion zsh)
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${script}`;
}

function fish(program: Command): string {
  const name = program.name();
  const lines = program.commands.flatMap((command) => [
    `complete -c ${name} -f -n __fish_use_subcommand -a ${command.name()} -d ${quoted(command.description())}`,
    ...command.options.map((option) => {
      const long = option.long?.replace(/^--/, "") ?? "";
      const value = option.required || option.optional ? " -r" : "";
      const seen = `"__fish_seen_subcommand_from ${command.name()}"`;
      return `complete -c ${name} -n ${seen} -l ${long}${value} -d ${quoted(option.description)}`;
    }),
  ]);
  return `# Save as ~/.config/fish/completions/${name}.fish\n${lines.join("\n")}\n`;
}

function commandNames(program: Command): string {
  return program.commands.map((command) => command.name()).join(" ");
}

function optionNames(command: Command): string {
  return [...command.options.flatMap(({ long }) => long ?? []), "--help"].join(" ");
}

function identifier(name: string): string {
  return name.replaceAll("-", "_");
}

/** As fish writes a text: only the backslash and the quote are special. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
