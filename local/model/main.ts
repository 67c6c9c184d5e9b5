// `npm run fake-model -- --answers <directory> [--port <number>] [--host <address>]`
import process from "node:process";
import { parseArgs } from "node:util";
import { explain, KinError } from "../../core/model/error.ts";
import { startFakeModel } from "./server.ts";

const USAGE = "npm run fake-model -- --answers <directory> [--port <number>] [--host <address>]";

const run = async (): Promise<void> => {
  const { answers, port, host } = options();
  const model = await startFakeModel({ answers, port, host, log: line => console.log(line) });
  console.log(`The scripted model answers from ${answers} at ${model.url}`);
  console.log("Point Kin at it; any key will do:");
  console.log(`  export ANTHROPIC_BASE_URL=${model.url} ANTHROPIC_API_KEY=scripted-key`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void model.close());
};

const options = (): { readonly answers: string; readonly port: number; readonly host: string } => {
  try {
    const { values } = parseArgs({
      options: {
        answers: { type: "string" },
        port: { type: "string", default: "4100" },
        host: { type: "string", default: "127.0.0.1" },
      },
    });
    const port = Number(values.port);
    if (values.answers !== undefined && Number.isInteger(port) && port >= 0 && port < 65_536)
      return { answers: values.answers, port, host: values.host };
  } catch {
    // What parseArgs finds is an option that does not exist: the usage says it better.
  }
  throw new KinError("These options do not fit.", { code: "usage", hint: `Usage: ${USAGE}` });
};

run().catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
