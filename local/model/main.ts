// `npm run fake-model -- --answers <directory> [--port <number>] [--host <address>]`
import process from "node:process";
import { parseArgs } from "node:util";
import { explain, KinError } from "../../core/model/error.ts";
import { portTaken } from "../port.ts";
import { startFakeModel } from "./server.ts";

const USAGE = `Usage: npm run fake-model -- --answers <directory> [--port <number>] [--host <address>]

Starts the scripted model alone, on port 4100 of 127.0.0.1. docs/fake-model.md says what an answer looks like.`;

const run = async (): Promise<void> => {
  if (process.argv.slice(2).some(one => one === "--help" || one === "-h")) return console.log(USAGE);
  const { answers, port, host } = options();
  const model = await startFakeModel({ answers, port, host, log: line => console.log(line) }).catch(error => {
    throw portTaken(error, port);
  });
  console.log(`The scripted model answers from ${answers} at ${model.url}`);
  console.log("Point Kin at it; any key will do:");
  console.log(`  export ANTHROPIC_BASE_URL=${model.url} ANTHROPIC_API_KEY=scripted-key`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void model.close());
};

const options = (): { readonly answers: string; readonly port: number; readonly host: string } => {
  const { answers, port, host } = parsed();
  if (answers === undefined) throw misused("--answers is missing.");
  if (!(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
    throw misused(`--port is "${port}": it takes a whole number from 0 to 65535.`);
  return { answers, port: Number(port), host };
};

const parsed = () => {
  try {
    return parseArgs({
      options: {
        answers: { type: "string" },
        port: { type: "string", default: "4100" },
        host: { type: "string", default: "127.0.0.1" },
      },
    }).values;
  } catch (cause) {
    throw misused((cause as Error).message);
  }
};

const misused = (message: string): KinError => new KinError(message, { code: "usage", hint: USAGE });

run().catch((error: unknown) => {
  console.error(explain(error));
  process.exitCode = 1;
});
