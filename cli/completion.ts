// `kin completion SHELL`: what a shell has to know to complete commands and their options. Made from the commands' help,
// which a test compares with what they accept.
import { misused, readArguments } from "./arguments.ts";

export type Described = ReadonlyMap<string, { readonly summary: string; readonly help: string }>;

export const completion = async (args: readonly string[], commands: Described): Promise<number> => {
  const { positionals } = readArguments(args, {}, { positionals: ["SHELL"] });
  const script = SCRIPTS.get(positionals[0] ?? "");
  if (script === undefined)
    throw misused(
      positionals[0] === undefined
        ? "`kin completion` needs a shell."
        : `There is no completion for ${positionals[0]}.`,
      `Allowed: ${[...SCRIPTS.keys()].join(", ")}.`,
    );
  process.stdout.write(script(commands));
  return 0;
};

const optionsOf = (help: string): readonly string[] => [
  ...new Set([...(help.split("\n")[0] ?? "").matchAll(/--[a-z-]+/g)].map(String)),
];

const names = (commands: Described): string => [...commands.keys(), "help"].join(" ");

const cases = (commands: Described): string =>
  [...commands]
    .map(([name, { help }]) => `    ${name}) words="${optionsOf(help).join(" ")} --help" ;;`)
    .join("\n");

const bash = (commands: Described): string => `_kin() {
  local words cur="\${COMP_WORDS[COMP_CWORD]}"
  case "\${COMP_CWORD}:\${COMP_WORDS[1]}" in
    1:*) words="${names(commands)}" ;;
    *:app) words="create $(_kin_options app)" ;;
    *) words="$(_kin_options "\${COMP_WORDS[1]}")" ;;
  esac
  if [[ "$cur" == -* || "$COMP_CWORD" -eq 1 || "\${COMP_CWORD}:\${COMP_WORDS[1]}" == 2:app ]]; then COMPREPLY=($(compgen -W "$words" -- "$cur"))
  else COMPREPLY=($(compgen -f -- "$cur")); fi
}
_kin_options() {
  local words=""
  case "$1" in
${cases(commands)}
  esac
  echo "$words"
}
complete -o filenames -F _kin kin
`;

/** A startup file may not have loaded zsh's own completion, which bash's needs. */
const zsh = (commands: Described): string =>
  `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
autoload -Uz bashcompinit && bashcompinit
${bash(commands)}`;

const fish = (commands: Described): string =>
  `${[
    "complete -c kin -n __fish_use_subcommand -f",
    ...[...commands].map(
      ([name, { summary }]) =>
        `complete -c kin -n __fish_use_subcommand -a ${name} -d '${summary.replaceAll("'", "")}'`,
    ),
    "complete -c kin -n __fish_use_subcommand -a help",
    "complete -c kin -n '__fish_seen_subcommand_from app' -a create",
    ...[...commands].flatMap(([name, { help }]) =>
      [...optionsOf(help), "--help"].map(
        option => `complete -c kin -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`,
      ),
    ),
  ].join("\n")}\n`;

const SCRIPTS: ReadonlyMap<string, (commands: Described) => string> = new Map([
  ["bash", bash],
  ["zsh", zsh],
  ["fish", fish],
]);
