// Links in place of files and directories, against the file tools and the recorder: nothing outside the bench is read
// or changed, and what is recorded is what an independent git says about the work tree.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Recorded } from "../../../action/drive/ports/workbench.ts";
import { aWorkbench, type Files, type Handle, never, type Stand, temporary } from "../kit.ts";
import type { Random } from "./random.ts";
import { fingerprint } from "./watch.ts";

const CANARY = "canary-outside-of-the-bench";

const TRACKED: Files = {
  "file.txt": "tracked\n",
  "other.txt": "tracked\n",
  "dir/one.txt": "tracked\n",
  "dir/two.txt": "tracked\n",
  "deep/a/b/c.txt": "tracked\n",
  "deep/a/d.txt": "tracked\n",
  ".npmrc": "x=1\n",
  "run.sh": { run: "#!/bin/sh\n" },
  "to-file": { link: "file.txt" },
  "to-dir": { link: "dir" },
};
const LINKS = ["to-dir", "to-file"];

/** What is swapped; the last few are not tracked. */
const PLACES = [
  ..."file.txt other.txt dir dir/one.txt dir/two.txt deep deep/a deep/a/b deep/a/b/c.txt .npmrc run.sh to-file to-dir".split(
    " ",
  ),
  ..."new new/in/here node_modules node_modules/x .git .git/config .git/objects".split(" "),
];

/** Where a link leads: a path as commands, the ledger or the machine see it, or nowhere. */
const targetsOf = (dir: string): readonly string[] => [
  ..."/ /etc /etc/passwd /proc /proc/1/root /proc/self/environ /proc/self/cwd/.. /dev /dev/zero /dev/stdin /tmp /tmp/canary".split(
    " ",
  ),
  ..."/home/kin /home/kin/canary /.kin /.kin/git /.kin/git/config /.kin/git/info/attributes /.kin/own /.kin/objects /.kin/from".split(
    " ",
  ),
  ..."../../.. ../../canary ../canary ../../../canary ../../../git ../../../git/config ../../../../git ../tmp ../home".split(
    " ",
  ),
  ..."nowhere nowhere/at/all . .. .git .git/config .github dir ../dir file.txt deep/a loop /work /work/loop /work/file.txt".split(
    " ",
  ),
  dir,
  join(dir, "canary"),
  join(dir, "git", "config"),
  join(dir, "benches"),
];

const WAYS = ["remove", "aside", "chain", "loop", "exchange"] as const;

interface Swap {
  readonly path: string;
  readonly target: string;
  readonly way: (typeof WAYS)[number];
}

/** With a daemon that tries to keep swapping, if it is an exchange. */
const shellFor = ({ path, target, way }: Swap): string => {
  const link = (to: string): string => `mkdir -p "$(dirname ${path})"; ln -sfn '${to}' ${path}`;
  switch (way) {
    case "remove":
      return `rm -rf ${path}; ${link(target)}`;
    case "aside":
      return `mv ${path} /tmp/aside-$RANDOM$RANDOM; ${link(target)}`;
    case "chain":
      return `rm -rf ${path}; ln -sfn '${target}' /tmp/chain; ln -sfn /tmp/chain chain; ${link("/work/chain")}`;
    case "loop":
      return `rm -rf ${path}; ${link(`/work/${path}`)}`;
    case "exchange":
      return `ln -sfn '${target}' node_modules/.swap; setsid sh -c 'while :; do mv -T ${path} /tmp/held; mv -T node_modules/.swap ${path}; mv -T ${path} node_modules/.swap; mv -T /tmp/held ${path}; done' >/dev/null 2>&1 </dev/null &`;
    default:
      return way satisfies never;
  }
};

export interface Swapped {
  readonly swapped: number;
  readonly failures: readonly string[];
}

/** Links between two records. */
const AT_ONCE = 20;
/** Records per bench. */
const ROUNDS = 50;

export const swapLinks = async ({
  random,
  count,
  each,
}: {
  readonly random: Random;
  readonly count: number;
  readonly each?: (swapped: Swapped) => void;
}): Promise<Swapped> => {
  const stand = await aWorkbench(TRACKED);
  const failures: string[] = [];
  let swapped = 0;
  let bench: Handle | null = null;
  for (let round = 0; swapped < count; round++) {
    if (round % ROUNDS === 0) {
      await bench?.close();
      bench = await stand.open();
    }
    if (bench === null) throw new Error("there is a bench");
    const swaps = Array.from({ length: Math.min(AT_ONCE, count - swapped) }, () => ({
      path: random.pick(PLACES),
      target: random.pick(targetsOf(stand.dir)),
      way: random.pick(WAYS),
    }));
    const problems = await play(bench, {
      stand,
      swaps,
      random,
      number: 1 + Math.floor(round / ROUNDS),
    }).catch(error => [`${error}`]);
    swapped += swaps.length;
    failures.push(...problems.map(problem => `swap ${swapped}: ${problem} (${JSON.stringify(swaps)})`));
    each?.({ swapped, failures });
  }
  await bench?.close();
  return { swapped, failures };
};

interface Round {
  readonly stand: Stand;
  readonly swaps: readonly Swap[];
  readonly random: Random;
  /** The bench's number, which names its directory. */
  readonly number: number;
}

const play = async (bench: Handle, { stand, swaps, random, number }: Round): Promise<readonly string[]> => {
  const at = join(stand.dir, "benches", String(number));
  const outside = layCanaries(stand.dir, at);
  const before = outside();
  const problems: string[] = [];
  const half = Math.ceil(swaps.length / 2);
  // Between two calls of a tool the same path becomes something else.
  for (const some of [swaps.slice(0, half), swaps.slice(half)]) {
    await bench.bash(`mkdir -p node_modules; ${some.map(shellFor).join("\n")}\n:`);
    for (const swap of some) problems.push(...(await useTool(bench, swap, random)));
  }
  if (outside() !== before) problems.push("a tool changed what is outside");
  const recorded = await bench.record();
  if (outside() !== before) problems.push("a record changed what is outside");
  problems.push(...lookAt(recorded, join(at, "work")));
  return problems;
};

/** Files that links may lead to: on the machine, and in the bench beside the work tree and /tmp, which tools may open. */
const layCanaries = (dir: string, bench: string): (() => string) => {
  const files = [dir, join(dir, "benches"), bench, join(bench, "home")].map(place => join(place, "canary"));
  for (const file of files) writeFileSync(file, CANARY);
  const git = join(dir, "git");
  const sealed = ["config", "HEAD", "info", "hooks"].map(name => join(git, name));
  return () =>
    [
      ...files.map(file => (existsSync(file) ? readFileSync(file, "utf8") : "gone")),
      ...sealed.map(
        place => `${fingerprint(place)}${place.endsWith("config") ? readFileSync(place, "utf8") : ""}`,
      ),
      readdirSync(dir).sort().join(),
      readdirSync(bench).sort().join(),
      readdirSync(git)
        // The harness itself makes a record's tree there.
        .filter(name => !/^(?:objects|refs|fast_import_crash|packed-refs)/.test(name))
        .sort()
        .join(),
    ].join("\n");
};

const TOOLS = ["read", "write", "edit", "glob", "grep"] as const;

const useTool = async (bench: Handle, swap: Swap, random: Random): Promise<readonly string[]> => {
  const tool = random.pick(TOOLS);
  const below = random.pick([
    "",
    "",
    "/canary",
    "/passwd",
    "/config",
    "/one.txt",
    "/info/attributes",
    "/../canary",
  ]);
  const path = `${random.pick(["", "", "/work/", "./"])}${swap.path}${below}`;
  const inputs = {
    read: { file_path: path },
    write: { file_path: path, content: "written by a tool\n" },
    edit: {
      file_path: path,
      old_string: random.pick([CANARY, "x=1", "tracked", "[core]"]),
      new_string: "edited by a tool",
    },
    glob: { pattern: random.pick([`${path}/*`, `${path}/**`, "**/canary", "**/passwd"]) },
    grep: { pattern: random.pick(["canary-outside", "root:", "sharedrepository"]), path },
  };
  const { content } = await bench.use(tool, inputs[tool], never);
  const told = content.replaceAll(path, "");
  return /canary-outside-of|\broot:x:|kin:x:1000|sharedrepository =/.test(told)
    ? [`${tool} ${JSON.stringify(inputs[tool])} told ${JSON.stringify(content.slice(0, 200))}`]
    : [];
};

const lookAt = (recorded: Recorded, work: string): readonly string[] => {
  const problems: string[] = [];
  for (const { path, content } of recorded.changes)
    if (content?.includes("canary-outside")) problems.push(`${path} was recorded with what is outside`);
  const links = linksIn(work).filter(path => !LINKS.includes(path));
  if (links.length > 0) problems.push(`links are left: ${links.join(", ")}`);
  const tree = treeOf(work);
  if (tree !== recorded.tree) problems.push(`the tree is ${recorded.tree}, and the files make ${tree}`);
  return problems;
};

/** git never sees anything named `.git`, wherever it is. */
const linksIn = (work: string): readonly string[] => {
  const pruned = ["(", "-name", ".git", "-o", "-name", "node_modules", ")", "-prune"];
  return execFileSync("find", [".", ...pruned, "-o", "-type", "l", "-printf", "%P\\n"], {
    cwd: work,
    encoding: "utf8",
  })
    .split("\n")
    .filter(path => path !== "");
};

/** What an independent git makes of the files. */
const treeOf = (work: string): string => {
  const directory = temporary();
  const run = (...args: readonly string[]): string =>
    execFileSync("git", args, {
      cwd: work,
      encoding: "utf8",
      env: {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        HOME: "/nonexistent",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_DIR: join(directory, "git"),
        GIT_WORK_TREE: work,
      },
    }).trim();
  run("init", "-q");
  writeFileSync(join(directory, "git", "info", "exclude"), "node_modules\n");
  run("add", "--all");
  const tree = run("write-tree");
  rmSync(dirname(join(directory, "git")), { recursive: true, force: true });
  return tree;
};
