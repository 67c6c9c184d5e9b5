// The ledger of one bench: everything the harness does with files that a model wrote. Whatever such files may trigger,
// it happens here, with only one bench, no network and a read-only git directory.
import { execFile } from "node:child_process";
import { copyFile, mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Git, openGit } from "../workbench/git.ts";
import { bytesOf } from "../workbench/names.ts";
import type { Answers, LedgerAsk, LedgerStart, Measured, Repository } from "../workbench/protocol.ts";
import { createRecorder, type Recorder } from "../workbench/recorder.ts";
import { separateProducts } from "../workbench/setup-stage.ts";
import { findTraps } from "../workbench/traps.ts";
import * as trees from "../workbench/tree.ts";

export const createLedger = (start: LedgerStart) => {
  const { own, work, home, from } = start;
  const git = openGit({ dir: start.git, program: start.program, objects: join(own, "objects") });
  const place = { index: join(own, "index"), workTree: work };
  let recorder: Recorder | null = null;
  /** Whether the index is known to match what the work tree was given. */
  let laid = false;

  const perform = async (asked: LedgerAsk): Promise<Answers[LedgerAsk["kind"]]> => {
    switch (asked.kind) {
      case "check_out":
        await checkOutAll(git, asked.tree, place);
        return laySubmodules(git, asked.submodules, { own, work });
      case "separate":
        // Setup could write to it.
        await run("/bin/rm", ["-rf", "--", join(work, ".git")]); // guard: git-of-setup
        for (const { path } of findTraps()) await rm(path, { recursive: true, force: true }); // guard: traps-of-setup
        await trees.layOver(git, asked, place);
        return separateProducts(git, place);
      case "copy":
        await copy(join(from ?? "", "work"), work);
        await copy(join(from ?? "", "home"), home);
        await trees.layOver(git, asked, place);
        laid = true;
        // Entries that are not refreshed only cost another read.
        await git.run(["update-index", "-q", "--refresh"], place).catch(() => undefined);
        return null;
      case "lay":
        for (const { path, content } of asked.files) {
          await trees.removeFile(work, path);
          if (content === null) continue;
          await mkdir(dirname(join(work, path)), { recursive: true });
          await writeFile(join(work, path), content);
        }
        return null;
      case "found":
        await foundRepository(asked.repository, { work, index: place.index });
        return null;
      case "record":
        // A restarted recorder, or one whose last record nobody took, has an index that may be ahead of what was
        // reported.
        // guard: index-anew, index-that-nobody-took
        if (recorder === null ? !laid : recorder.tree() !== asked.tree) {
          await git.run(["read-tree", "--end-of-options", asked.tree], place);
          recorder = null;
        }
        laid = true;
        recorder ??= await createRecorder({ git, place, ...asked });
        // git trusts no entry of an index older than its files, and compares contents.
        if (asked.racy) await utimes(place.index, 1, 1); // guard: racy
        return recorder.record(asked.written);
      case "measure":
        return measure([work, home, start.tmp]);
      case "clear":
        await emptyOut([work, home, start.tmp]);
        return null;
      default:
        return asked satisfies never;
    }
  };
  return perform;
};

/** git has made their directories and will not look into them again. Returns the paths that it has not made. */
const laySubmodules = async (
  git: Git,
  submodules: readonly { readonly path: string; readonly tree: string }[],
  { own, work }: { readonly own: string; readonly work: string },
): Promise<readonly string[]> => {
  const left: string[] = [];
  for (const { path, tree } of submodules) {
    const workTree = bytesOf(join(work, path));
    const isDirectory = (await trees.lstatInside(work, path))?.isDirectory() ?? false;
    // guard: submodules-in-directories-of-their-own
    if (!isDirectory || (await readdir(workTree)).length > 0) left.push(path);
    else await checkOutAll(git, tree, { index: join(own, "index-of-submodule"), workTree: join(work, path) });
  }
  return left;
};

const checkOutAll = async (
  git: Git,
  tree: string,
  place: { readonly index: string; readonly workTree: string },
): Promise<void> => {
  await git.run(["read-tree", "--end-of-options", tree], place);
  await git.run(["checkout-index", "--all", "--force", "-u", "-q"], place);
};

const execute = promisify(execFile);

/**
 * A real copy, sharing blocks if the file system can. Not hard links: a tool that writes in place would change the file
 * for every bench. Not an overlay: bubblewrap 0.8 has none.
 */
const copy = (from: string, to: string): Promise<unknown> =>
  run("/bin/cp", ["-a", "--reflink=auto", "--", `${from}/.`, to]);

/**
 * Directories may be protected against deletion, as in go's module cache, or nested deeper than a path can be long.
 * Keeps the places themselves.
 */
const emptyOut = async (places: readonly string[]): Promise<void> => {
  await run("/bin/chmod", ["-R", "u+rwX", "--", ...places]).catch(() => undefined);
  await run("/usr/bin/find", [...places, "-mindepth", "1", "-delete"]);
};

const run = (program: string, args: readonly string[]): Promise<{ readonly stdout: string }> =>
  execute(program, [...args], { env: { LC_ALL: "C" }, maxBuffer: 2 ** 24 });

const measure = async (places: readonly string[]): Promise<Measured> => {
  const sum = async (option: string): Promise<{ readonly total: number; readonly whole: boolean }> => {
    // `du` exits nonzero if it could not enter something, but still sums up the rest.
    const { stdout, code } = await run("/usr/bin/du", ["-xsc", option, "--", ...places]).then(
      done => ({ ...done, code: 0 }),
      error => error as { readonly stdout: string; readonly code: unknown },
    );
    return { total: Number(/^(\d+)\s+total$/m.exec(stdout)?.[1] ?? 0), whole: code === 0 };
  };
  const [kibibytes, inodes] = await Promise.all([sum("-k"), sum("--inodes")]);
  return {
    bytes: kibibytes.total * 1024,
    inodes: inodes.total,
    whole: kibibytes.whole && inodes.whole,
  };
};

const CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = false
	logallrefupdates = true
[user]
	name = Kin
	email = kin@localhost
[gc]
	auto = 0
`;

/**
 * Commands may do anything to it: nobody else reads it. It gets a copy of our index so that it knows every file
 * already.
 */
const foundRepository = async (
  { base, head, objects, exclude }: Repository,
  { work, index }: { readonly work: string; readonly index: string },
): Promise<void> => {
  const dir = join(work, ".git");
  for (const name of ["refs/heads", "refs/tags", "objects/info", "objects/pack", "info", "hooks"])
    await mkdir(join(dir, name), { recursive: true });
  const files: Readonly<Record<string, string>> = {
    config: CONFIG,
    HEAD: "ref: refs/heads/work\n",
    "refs/heads/work": `${head}\n`,
    "refs/heads/base": `${base}\n`,
    shallow: `${base}\n`,
    "objects/info/alternates": `${objects}\n`,
    // Without one of the project's own, an empty `.github` is mounted that nobody can remove.
    "info/exclude": [...exclude, "/.github/"].map(pattern => `${pattern}\n`).join(""),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), bytesOf(content));
  await copyFile(index, join(dir, "index"));
};
