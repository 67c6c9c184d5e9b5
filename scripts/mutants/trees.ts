// The guards of what the harness does with files that a model wrote: git, records, setup, and the services in the sandbox.
import { type Guard, g } from "./guard.ts";
import { by, inFile, never } from "./mutant.ts";

const attacks = inFile("workbench/attacks");
const boundary = inFile("workbench/boundary");
const judge = inFile("workbench/judge");
const manifests = inFile("workbench/manifests");
const record = inFile("workbench/record");
const ledger = inFile("workbench/ledger");
const setup = inFile("workbench/setup");
const fetched = inFile("workbench/fetch");
const shell = inFile("workbench/shell");
const throwaway = inFile("workbench/throwaway");
const totals = inFile("workbench/totals");
const TOLD = by(ledger("is told to read no configuration, attributes or credentials but ours"));
const SEALED = by(record("keeps git's own directory away from every work tree"));

export const TREE_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "action/workbench/git.ts": [
    g(
      "most-printed-by-git",
      'else child.kill("SIGKILL");',
      "",
      by(ledger("git that prints more than anybody has room for is ended")),
    ),
    g(
      "attributes",
      '"* -text -ident !eol !crlf !filter !working-tree-encoding !diff !merge\\n"',
      '"\\n"',
      by(record("stores bytes as they are, whatever the attributes say")),
    ),
    g("sealed-files", "0o444", "0o644", SEALED),
    g("sealed-directories", "0o555", "0o755", SEALED),
    g("no-configuration-of-the-machine", 'GIT_CONFIG_NOSYSTEM: "1",', "", TOLD),
    g("no-configuration-of-a-user", 'GIT_CONFIG_GLOBAL: "/dev/null",', "", TOLD),
    g("no-prompt", 'GIT_TERMINAL_PROMPT: "0",', "", TOLD),
    g("no-attributes-of-the-machine", 'GIT_ATTR_NOSYSTEM: "1",', "", TOLD),
    g("literal-pathspecs", 'GIT_LITERAL_PATHSPECS: "1",', "", TOLD),
    g("no-home", 'HOME: "/nonexistent",', "", TOLD),
    g(
      "objects-elsewhere",
      "GIT_OBJECT_DIRECTORY: options.objects,",
      "",
      by(record("sees a change of the same size in the same second")),
    ),
    g("environment-of-git", "env: { ...options.env },", "env: { ...process.env, ...options.env },", TOLD),
    g(
      "time-limit-of-git",
      "timeout: seconds * 1000,",
      "",
      by(ledger("does not run for longer than its limit")),
    ),
  ],
  "action/workbench/recorder.ts": [
    g(
      "traps",
      "await removeTraps(refused);",
      "",
      by(attacks("a pipe named .gitignore does not hold a record")),
    ),
    g(
      "changes-nothing",
      'rules.scope.permission !== "full"',
      'rules.scope.permission === ("none" as string)',
      by(record("keeps nothing that its commands made, and its record is the last tree")),
    ),
    g(
      "nested-repositories",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own.
      'if (name.endsWith("/")) await trees.removeFile(place.workTree, `${name}.git`);',
      'if (name.endsWith("/")) continue;',
      by(record("a nested repository")),
    ),
    g(
      "submodules",
      "if (before?.mode === trees.LINK)",
      'if (before?.mode === "")',
      by(setup("copes with links, submodules and an empty project")),
    ),
    g("names-are-text", "!name.isWellFormed()", "false", by(record("a name that is no text"))),
    g("path-rules", "pathProblem(name, rules) ??", "", by(record("a protected file that changed"))),
    g(
      "crowds",
      "crowdProblem(index, paths.length) ??",
      "",
      by(ledger("of more files than anybody wrote looks at a part of them")),
    ),
    g("links", "if (found.isSymbolicLink())", "if (found.size < 0)", by(record("a symbolic link"))),
    g(
      "kinds",
      "if (!found.isFile())",
      "if (found.size < 0)",
      by(ledger("a socket in a file's place is refused")),
    ),
    g("setuid", "(found.mode & 0o6000) !== 0", "found.mode < 0", by(record("a setuid file"))),
    g(
      "size-before-it-is-read",
      "sizeProblem(found.size)",
      "sizeProblem(0)",
      by(record("a huge sparse file")),
    ),
    g(
      "can-be-read",
      "if (size === null) await makeReadable(join(root, path), found.mode);",
      "",
      by(ledger("a file that was closed and changed is recorded")),
    ),
    g(
      "mode-behind-it",
      'if (after.mode !== "100644" && after.mode !== "100755")',
      'if (after.mode === "")',
      never("guards `links` and `kinds` refused it before it was read, and nothing is alive in between"),
    ),
    g(
      "size-behind-it",
      "sizeProblem(content.length)",
      "sizeProblem(0)",
      never("guard `size-before-it-is-read` refused it, and nothing is alive in between"),
    ),
    g("content-rules", "contentProblem(change", "((..._: unknown[]) => null)(change", by(record("a secret"))),
    g("collisions", "if (colliding.size > 0) return colliding;", "", by(record("a colliding name"))),
    g(
      "patch-limits",
      "const all = overLimit(sized(patched), others);",
      "const all = new Map<string, string>();",
      by(record("more than a hundred files")),
    ),
    g(
      "limits-of-a-turn",
      "all.size > 0 ? all :",
      "all.size >= 0 ? all :",
      by(record("more than a hundred files")),
    ),
    g(
      "earlier-changes",
      "if (last.tree === baseline.tree)",
      'if (last.tree !== "")',
      by(record("more than a hundred files")),
    ),
    g(
      "pointers-of-lfs",
      "content === undefined || !isKeptByLfs(path) || isPointer(content)",
      "true",
      by(record("contents in the place of a pointer of Git LFS's")),
    ),
    g(
      "printable-names",
      'path.toWellFormed().replace(/\\p{Cc}|\\p{Cf}/gu, "\\ufffd")',
      "path",
      by(record("a newline in a name")),
    ),
  ],
  "action/workbench/traps.ts": [
    g(
      "pipes",
      "if (entry.isFIFO()) return NOT_REGULAR;",
      "",
      by(boundary("a pipe, with whatever name, holds no search")),
    ),
    g(
      "nested-git-is-a-directory",
      "if (!entry.isDirectory())",
      'if (path === "")',
      by(ledger("names a nested .git that leads elsewhere, which git would follow")),
    ),
    g(
      "links-read-by-name",
      "if (!found.isFile()) return NOT_REGULAR;",
      "",
      by(boundary("a pipe, with whatever name, holds no search")),
    ),
    g(
      "large-files-read-by-name",
      "if (found.size <= MOST_BYTES) return null;",
      "if (path) return null;",
      by(ledger("names a file that git would read whole, which git would follow")),
    ),
    g(
      "nested-repositories-are-plain",
      "if (isOdd(at))",
      'if (path === "")',
      by(ledger("names a link in a nested repository, which git would follow")),
    ),
    g(
      "own-git-is-not-looked-into",
      "if (path === but) continue;",
      "",
      by(ledger("does not look into what commands have for a repository")),
    ),
    g(
      "closed-directories-with-pipes",
      "chmodSync(directory, 0o700);",
      "",
      by(attacks("a pipe named in a closed directory does not hold a record")),
    ),
  ],
  "action/workbench/tree.ts": [
    g(
      "removal-inside",
      "if ((await lstatInside(root, path)) === null) return;",
      "",
      by(ledger("has nothing removed where the link leads")),
    ),
    g(
      "stop-at-links",
      "if (!found.isDirectory()) return null;",
      "",
      by(ledger("has nothing removed where the link leads")),
    ),
    g(
      "closed-directories",
      "if ((found.mode & 0o700) !== 0o700) await chmod(at, (found.mode & 0o777) | 0o700);",
      "",
      never(
        "guards `traps` and `traps-of-setup` come first, and open what is closed (guard `closed-directories-with-pipes`)",
      ),
    ),
  ],
  "action/workbench/import.ts": [
    g(
      "quoted-paths",
      'path.replace(/["\\\\]/g, "\\\\$&")',
      "path",
      by(record("is unharmed by odd but lawful names")),
    ),
    g(
      "tree-of-its-changes",
      "if ((await buildTree(git, from, changes)) === tree) return;",
      "await buildTree(git, from, changes);\n  if (tree) return;",
      by(ledger("tells of other changes than those that make its tree is not believed")),
    ),
  ],
  "action/workbench/manifests.ts": [
    g(
      "programs-of-setup",
      "if (program !== undefined)",
      'if (program?.path === "")',
      by(manifests("is a program that nobody runs with network where it is setup.py")),
    ),
    g(
      "scripts-of-before",
      "after !== null && WITH_SCRIPTS.test(path) ? withScriptsOf(after, before) : after",
      "after",
      by(manifests("that the patch adds are left out")),
    ),
  ],
  "action/workbench/tree-room.ts": [
    g("most-files-of-a-tree", "files > totals.inodes", "files < 0", by(totals("is refused by its files"))),
    g("most-bytes-of-a-tree", "bytes > totals.disk", "bytes < 0", by(totals("is refused by its bytes"))),
  ],
  "action/workbench/workbench.ts": [
    g(
      "room-for-all-submodules",
      "{ totals, signal, held }",
      "{ totals, signal }",
      by(totals("whose submodules together")),
    ),
    g(
      "network-for-published",
      "reach: overlay.published ? site.setupReach : site.reach",
      "reach: site.setupReach",
      by(judge("has no network for what a patch brings itself")),
    ),
    g(
      "detected-setup-may-fail",
      "named === undefined;",
      "true;",
      by(setup("that was named stops at the command that fails")),
    ),
    g(
      "not-judged",
      'if (overlay.kind === "refused")',
      'if (overlay.kind === "")',
      by(judge("where the patch changes setup.py")),
    ),
    g("network-of-a-judgement", "reach: here.reach", 'reach: "direct"', by(judge("has no network"))),
    g(
      "known-trees",
      "await commits.requireTree(tree);",
      "",
      by(setup("is known again from the baseline and the changes")),
    ),
    g(
      "protected-paths",
      "protected: here.protected",
      "protected: []",
      by(record("what the config protects")),
    ),
    g(
      "network-of-a-command",
      "reach: here.reach",
      'reach: "direct"',
      by(boundary("there is no network, not even the host's own")),
    ),
    g(
      "rules-once-more",
      "await requireAllowed(git, [from, recorded.tree], rules);",
      "",
      by(ledger("tells of a change that its role may not make is not believed")),
    ),
    g("seal", "await git.seal();", "", SEALED),
  ],
  "action/workbench/fetch.ts": [
    g(
      "no-credential-is-redirected",
      "authorization === null && addresses === undefined",
      "true",
      by(fetched("that sends it on to another is not followed there with the credential")),
    ),
    g(
      "pinned-submodules",
      '{ "http.curloptResolve": resolved }',
      "{}",
      by(setup("are fetched from no address that is not public")),
    ),
  ],
  "action/workbench/submodules.ts": [
    g(
      "submodules-at-public-addresses",
      'looked.kind === "refused"',
      "false",
      by(setup("are fetched from no address that is not public")),
    ),
    g(
      "credential-of-submodules",
      "url.origin === own.origin ? project.authorization : null",
      "project.authorization",
      by(setup("the project's credential goes to its own host alone: https://gitlab.com/o/lib.git")),
    ),
  ],
  "action/workbench/setup-stage.ts": [
    g(
      "links-above",
      "await rm(bytesOf(join(root, directory)));",
      "void rm;",
      by(setup("that puts a link in a tracked directory's place leaves the directory all the same")),
    ),
    g(
      "tracked-files-put-back",
      "await trees.checkOut(git, restored, place);",
      "",
      by(setup("leaves the baseline the commit's own tree, whatever it did to tracked files")),
    ),
  ],
  "action/tools/ledger.ts": [
    g(
      "submodules-in-directories-of-their-own",
      "!isDirectory || (await readdir(workTree)).length > 0",
      "workTree.length === 0 && isDirectory && (await readdir(workTree)).length > 0",
      by(setup("lie in directories of their own, and nowhere else")),
    ),
    g(
      "racy",
      "if (asked.racy) await utimes(place.index, 1, 1);",
      "",
      by(record("sees a change whose times and size were put back, however soon it came")),
    ),
    g(
      "git-of-setup",
      'await run("/bin/rm", ["-rf", "--", join(work, ".git")]);',
      "",
      by(throwaway("what is done to it is in no bench")),
    ),
    g(
      "traps-of-setup",
      "for (const { path } of findTraps()) await rm(path, { recursive: true, force: true });",
      "",
      by(ledger("ends all the same, and the pipe is in no bench")),
    ),
    g("index-anew", "!laid", "false", by(ledger("dies between its work and its answer loses no change"))),
    g(
      "index-that-nobody-took",
      "recorder.tree() !== asked.tree",
      "false",
      by(ledger("is not believed once loses no change of the next record")),
    ),
  ],
  "action/tools/files.ts": [
    g(
      "read-only-roots",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own.
      "[`${work}/.github`]",
      "[]",
      never("guard `path-problem` and the row `github` refuse the same"),
    ),
  ],
  "action/tools/file-call.ts": [
    g(
      "permission-of-files",
      "permissionProblem(tool, rules.scope.permission) ??",
      "",
      by(shell("read_only neither writes nor runs")),
    ),
    g(
      "form-of-an-input",
      "inputProblem(input, definition(tool).input_schema)",
      "null",
      by(shell("an unknown tool and a wrong input")),
    ),
    g(
      "no-trap-for-a-search",
      'if (tool === "grep") await requireNoTrap(local.path);',
      "void requireNoTrap;",
      by(boundary("a pipe, with whatever name, holds no search")),
    ),
    g(
      "traps-of-the-scratch-directory",
      "(await files.relative(path)) === null",
      "path === null",
      by(boundary("nor does one in the scratch directory")),
    ),
    g(
      "path-behind-links",
      "await files.relative(String(local.file_path))",
      "String(local.file_path)",
      by(boundary("a link into a protected place does not open it")),
    ),
    g(
      "path-problem",
      "if (problem !== null)",
      'if (problem === "")',
      by(shell("a scope's paths hold for write and edit at once")),
    ),
  ],
};
