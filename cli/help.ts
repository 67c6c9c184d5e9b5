// What `kin` alone prints, and its reply to an unknown command.
import { dirname } from "node:path";
import { nearest } from "../core/model/nearest.ts";
import { COMMANDS } from "./commands.ts";

export const overview = (): string =>
  [
    "kin: turns a labeled GitHub issue into a reviewed pull request.",
    "",
    ...[...COMMANDS].map(([name, { summary }]) => `  kin ${name.padEnd(10)} ${summary}`),
    "",
    "`kin <command> --help` tells more, `kin --version` the version. Try `npm start` first: it needs no account and",
    "no key. In this directory the command is `npx kin`. Elsewhere npx would bring another package of that name:",
    `\`npm link\`, once, in ${dirname(import.meta.dirname)} makes it \`kin\`.`,
  ].join("\n");

export const unknownCommand = (name: string): string =>
  `There is no command "${name}".${meant(name)}\nAllowed: ${[...COMMANDS.keys()].join(", ")}. \`kin --help\` tells more.`;

const meant = (name: string): string => {
  const near = nearest(name, [...COMMANDS.keys()]);
  return near === null ? "" : ` Did you mean \`kin ${near}\`?`;
};
