// What `kin` alone prints.
import { COMMANDS } from "./commands.ts";

export const overview = (): string =>
  [
    "kin: turns a labeled GitHub issue into a reviewed pull request.",
    "",
    ...[...COMMANDS].map(([name, { summary }]) => `  kin ${name.padEnd(9)} ${summary}`),
    "",
    "`kin <command> --help` tells more. Try `npm start` first: it needs no account and no key.",
  ].join("\n");
