// The mutants of caps and of what keeps costs linear: each marked line with what it says taken back.
import type { Guard } from "./guards.ts";
import { by, type Noticed, type Spec } from "./mutant.ts";

const inTest =
  (file: string) =>
  (...names: readonly string[]): readonly Spec[] =>
    names.map(name => ({ file: `tests/${file}.test.ts`, name }));

const config = inTest("app/config");
const linear = inTest("text/linear");
const cleaned = inTest("text/clean");

const g = (name: string, from: string, to: string, noticed: Noticed): Guard => ({
  name,
  from,
  to,
  ...noticed,
});

const COST = "costs at most is told by its tokens";

export const LINEAR_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "core/pipeline/patch.ts": [
    g("path-sum", "names > MAX_NAMES", "false", by(linear("a patch whose paths are long together"))),
  ],
  "core/adapters/config-file.ts": [
    g("yaml-bytes", "text.length > LARGEST", "false", by(config("a megabyte"))),
    g("yaml-plain-errors", "prettyErrors: false,", "", by(linear(COST))),
    g("yaml-tokens", "++tokens > MOST_TOKENS", "false", by(config("4,000 lines"))),
    g("yaml-depth", "open > DEEPEST || ", "", by(config("60,000 open brackets"))),
  ],
  "core/agents/markup.ts": [
    g(
      "links-without-words",
      'work.out.push(counted(work, "address"));',
      "at;",
      by(cleaned("a link without words")),
    ),
  ],
  "core/agents/drawings.ts": [
    g("math-fence", "HIDES.test(source)", "false", by(cleaned("math in a fence"))),
    g("math-ticks", "math && !found", "!math && !found", by(cleaned("math between dollars and ticks"))),
    g("math-spans", "from !== undefined", "false", by(cleaned("math that is a phantom"))),
    g("svg", "edits.push(", "void (", by(cleaned("the name of a picture"))),
  ],
};
