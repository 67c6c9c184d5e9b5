// `kin`: the terminal shell. The only file of this shell that reads the environment.
import { readFileSync } from "node:fs";
import { explain, KinError } from "../core/model/error.ts";
import { COMMANDS, type Command } from "./commands.ts";
import { overview, unknownCommand } from "./help.ts";

// A reader such as `head` may have enough: then nobody is left to tell. A full disk is reported, unless that stream is
// full, too.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    if (stream === process.stdout) console.error(`The output cannot be written: ${error.message}.`);
    process.exit(1);
  });

const [name = "help", ...args] = process.argv.slice(2);
const command: Command | undefined = COMMANDS.get(name);
if (name === "--version" || name === "-v") {
  console.log(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version);
} else if (name === "help" || name === "--help" || name === "-h") {
  console.log(COMMANDS.get(args[0] ?? "")?.help ?? overview());
} else if (command === undefined) {
  console.error(unknownCommand(name));
  process.exitCode = 1;
} else if (args.includes("--help") || args.includes("-h")) {
  console.log(command.help);
} else {
  try {
    process.exitCode = await command.run(args, process.env);
  } catch (error) {
    console.error(explain(error));
    if (!(error instanceof KinError) && process.env.KIN_DEBUG) console.error(error);
    // A world that failed to open may have servers listening already.
    process.exit(1);
  }
}
