// `npm run corpus`: attacks the sandbox, the App and the cleaning of text, with a seed and in numbers: process tricks,
// links in place of files, the escape that once worked (also with each leg of the defence taken away), requests of
// every kind, texts, and a model that obeys whatever is smuggled into them. Fails if anything got through.
import { parseArgs } from "node:util";
import { playOrders } from "./obeying.ts";
import { type Kind, play, sizesOf } from "./play.ts";
import { playTexts } from "./text.ts";

const HELP = `Usage: npm run corpus -- --sandbox|--requests|--text|--obeying [options]

  --sandbox        attack the sandbox of commands, the file tools and the recorder. Needs bubblewrap, git and python3.
                   Takes two cores for 4 minutes, with --full for 40
  --requests       send strange requests to the App, and look at its memory, its health and what came of them. Takes two
                   cores for a minute, with --full for 10
  --text           attack the cleaning of text: each row of the corpus in six mutations, and random texts
  --obeying        let a model that obeys every injection play whole pipelines, with a canary in each place that it must not
                   reach, and look for those in all that came out: each deed and each mutation, with --full each row of the
                   corpus in six mutations, in comments and in files. Needs bubblewrap and git. Takes two cores for half a
                   minute, with --full for ten minutes
  --full           1,000 tricks, 10,000 swaps and 180 escapes; 50,000 requests; 100,000 random texts; a tenth of it where
                   absent
  --seed <n>       repeats what that seed did; the clock's where absent
  --only <kind>    tricks, swaps or escapes alone, of the sandbox's
`;

const SANDBOX: readonly Kind[] = ["tricks", "swaps", "escapes"];

const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sandbox: { type: "boolean", default: false },
      requests: { type: "boolean", default: false },
      text: { type: "boolean", default: false },
      obeying: { type: "boolean", default: false },
      full: { type: "boolean", default: false },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      only: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const seed = Number(values.seed);
  const kinds: readonly Kind[] = [
    ...SANDBOX.filter(kind => values.sandbox && (values.only === undefined || values.only === kind)),
    ...(values.requests ? (["requests"] as const) : []),
  ];
  if (values.help || !Number.isSafeInteger(seed) || (kinds.length === 0 && !values.text && !values.obeying)) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const began = performance.now();
  console.log(`Seed ${seed}${values.full ? ", full" : ""}`);
  const failures: string[] = [];
  if (values.text) failures.push(...playTexts({ seed, full: values.full }));
  if (values.obeying) failures.push(...(await playOrders(values.full)));
  for (const kind of kinds) failures.push(...(await play(kind, { seed, sizes: sizesOf(values.full) })));
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    failures.length === 0
      ? `Nothing got through: seed ${seed}, ${seconds} s.`
      : `${failures.length} got through: seed ${seed}, ${seconds} s.`,
  );
  return failures.length === 0 ? 0 : 1;
};

process.exitCode = await main(process.argv.slice(2));
