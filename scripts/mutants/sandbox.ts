// The guards of the sandbox: how it is made, started, limited and ended.
import { type Guard, g } from "./guard.ts";
import { by, inFile, type Noticed, never, ROOT, type Spec } from "./mutant.ts";

const attacks = inFile("workbench/attacks");
const boundary = inFile("workbench/boundary");
const rights = inFile("workbench/rights");
const ends = inFile("workbench/ends");
const ledger = inFile("workbench/ledger");
const rows = inFile("workbench/rows");
const seccomp = inFile("workbench/seccomp");
const setup = inFile("workbench/setup");
const shell = inFile("workbench/shell");
const totals = inFile("workbench/totals");
const unsandboxed = inFile("workbench/unsandboxed");

const asRoot = (tests: readonly Spec[]): Noticed =>
  ROOT ? by(tests) : never("Kin runs as an ordinary user here, who has no rights to drop");

const LIMITS = by(rows("the filter is on, and no other limit can be raised again"));
const STREAMS = by(ends("hands none of the streams that it was started with to a command or a service"));
const MODE_TESTS = rows("can be entered by nobody but the user of the sandboxes");
const MODES = by(MODE_TESTS);

export const SANDBOX_GUARDS: Readonly<Record<string, readonly Guard[]>> = {
  "action/workbench/seccomp.ts": [
    g(
      "foreign-architecture",
      '...answerIf([[{ code: EQUAL, k: audit, yes: "fails", no: "holds" }]], KILL_PROCESS),',
      "",
      by(seccomp("of x64 kills whatever calls as i386")),
    ),
    g(
      "newer-calls",
      '...answerIf([[{ code: ABOVE, k: LAST_KNOWN, no: "fails" }]], errno("ENOSYS")),',
      "",
      by(seccomp("of x64 knows no call that is newer than its table")),
    ),
    g("clock-namespace", "NAMESPACES | NEWTIME", "NAMESPACES", by(seccomp("includes a clock namespace"))),
    g(
      "high-word",
      '{ code: ABOVE, k: 0, yes: "holds" },',
      "",
      by(seccomp("includes 4 GiB of shared memory, whose low word is 0")),
    ),
  ],
  "action/workbench/sandbox.ts": [
    g(
      "filter-of-the-network",
      'room.network === "machine" ? "network" : "alone"',
      '"alone"',
      by(rows("reaches no service of it that listens under a name")),
    ),
    g(
      "arguments-through-a-pipe",
      '"--args", "3",',
      "...options,",
      by(rows("names no directory of the machine and holds nothing of the harness's environment")),
    ),
    g(
      "empty-environment",
      "env: {},",
      "env: process.env as Record<string, string>,",
      by(rows("names no directory of the machine and holds nothing of the harness's environment")),
    ),
    g("harmless-etc", ".filter(name => ETC.test(name))", "", by(boundary("files of the host do not exist"))),
    g(
      "no-link-over-github",
      "if (found?.isSymbolicLink()) return [];",
      "",
      by(rows("a .github that is a link shows nothing of the machine, and is put back")),
    ),
  ],
  "action/workbench/box.ts": [
    g(
      "kill-the-first",
      "signal(first);",
      "endGroup(child);",
      by(ends("that is ended leaves nothing alive when that is told, however much there is to end")),
    ),
    g(
      "still-its-child",
      "parentOf(first) === child.pid",
      "true",
      by(ends("is not ended by a number that has become somebody else's")),
    ),
    g(
      "unboxed-end",
      "if (!launch.boxed) endGroup(child);",
      "if (!launch.boxed) {}",
      by(unsandboxed("closing ends the command that runs")),
    ),
    g(
      "unboxed-leftovers",
      "if (!launch.boxed) endGroup(child);",
      "",
      by(unsandboxed("leftovers of a command are ended")),
    ),
    g(
      "told-when-all-is-read",
      'child.once("close"',
      'child.once("exit"',
      never(
        "libuv reads what is in a pipe before it tells of an exit, and by then nothing is alive that could write more",
      ),
    ),
    g(
      "ended-before-its-number",
      "if (ending) kill();",
      "",
      by(ends("is ended however early the abort comes")),
    ),
    g(
      "ended-without-a-number",
      "setTimeout(() => first === null && endGroup(child), INFO_MS).unref();",
      "void INFO_MS;",
      by(ends("is ended, too, when it never told its number")),
    ),
    g(
      "stuck-is-told",
      "if (end !== null) return end;",
      "return end ?? { code: 137, error: null };",
      by(ends("that does not end takes its bench with it: nobody looks at the files again")),
    ),
    g(
      "rights-are-dropped",
      "...(launch.rights ?? {}),",
      "",
      asRoot(rows("belongs to a user without rights")),
    ),
  ],
  "action/workbench/command.ts": [
    g("closed-streams", "  CLOSED,", '  ":",', STREAMS),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own.
    g("closed-streams-of-services", '`${CLOSED}; exec "$@"`', "'exec \"$@\"'", STREAMS),
    g("core-dumps", "ulimit -c 0; ", "", LIMITS),
    g("file-size", "ulimit -f 4194304; ", "", LIMITS),
    g("open-files", "ulimit -n 16384 2>/dev/null; ", "", LIMITS),
    g("processes", "ulimit -u 8192 2>/dev/null", ":", LIMITS),
    g(
      "first-to-go",
      '"echo 1000 2>/dev/null >/proc/self/oom_score_adj",',
      '":",',
      by(rows("when memory runs out it goes first")),
    ),
    g(
      "errors-of-the-first",
      "exec 2>/dev/null",
      ":",
      by(rows("process 1 is the shell that waits for it, with its errors thrown away")),
    ),
    g(
      "aborted-before",
      "if (signal.aborted)",
      "if (seconds < 0)",
      by(shell("before the call keeps it from starting")),
    ),
    g(
      "abort",
      'signal.addEventListener("abort", interrupt, { once: true });',
      "",
      by(shell("ends a command at once")),
    ),
    g("time-limit", "seconds * 1000", "seconds * 1e6", by(shell("stops at its limit and says how"))),
    g(
      "watched",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own.
      "watch(box.pid, reason => stop(`ended: ${reason}`))",
      "(() => undefined)",
      by(totals("that are processes end their command")),
    ),
    g(
      "begun",
      "!said().includes(BEGUN)",
      "false",
      by(ends("whose sandbox does not begin is no command that failed")),
    ),
    g(
      "most-printed",
      "if (total > MOST_PRINTED) tooMuch();",
      "",
      by(ends("that prints more than anybody reads is ended")),
    ),
  ],
  "action/workbench/lines.ts": [
    g("longest-line", "length > longest", "length < 0", by(ends("is lost when its line does not end"))),
  ],
  "action/workbench/service.ts": [
    g("known-ids", "box.end();", "", by(ends("is lost at its first line that is no answer"))),
    g("silence", "seconds * 1000", "seconds * 1e6", by(ends("is lost when it says nothing for long"))),
    g(
      "memory-of-services",
      "watchMemory(box.pid, { memory: MOST_MEMORY, tasks: MOST_TASKS }, box.end)",
      "() => undefined",
      by(ends("is lost when it takes more than its work ever needs")),
    ),
    g(
      "deaf-to-an-abort",
      "stopped = setTimeout(box.end, STOP_SECONDS * 1000);",
      "",
      by(ends("is ended when it does not listen to an abort")),
    ),
    g(
      "form-of-an-answer",
      "if (parsed.success) return parsed.data as never;",
      "return found.ok as never;",
      by(ends("is lost where its answer has not the form of one")),
    ),
    g(
      "form-of-a-line",
      "return AnswerLine.parse(JSON.parse(line));",
      "return JSON.parse(line);",
      by(ends("is lost at its first line that is no answer")),
    ),
  ],
  "action/workbench/bench.ts": [
    g(
      "file-tools-end-with-their-bench",
      "AbortSignal.any([given, closing.signal])",
      "given",
      by(ends("does not wait for a file tool that hangs")),
    ),
    g(
      "records-end-with-their-bench",
      "parts.interrupt();",
      "",
      by(ends("does not wait for a record that hangs")),
    ),
    g(
      "closed-bench",
      'if (closing.signal.aborted) throw new Error("the bench is closed");',
      "",
      by(ends("is not begun on a bench that is closed, and one that runs is ended with it")),
    ),
    g("in-turn", "last.then(work, work)", "work()", by(ends("waits for the one before it"))),
    g(
      "permission-of-bash",
      'permissionProblem("bash", rules.scope.permission) ??',
      "",
      by(shell("read_only neither writes nor runs")),
    ),
    g(
      "longest-command",
      "Buffer.byteLength(command) > LONGEST_COMMAND",
      'command === ""',
      by(shell("refuses a command that no program could take")),
    ),
    g(
      "ended-with-its-bench",
      "AbortSignal.any([signal, closing.signal])",
      "signal",
      by(ends("is not begun on a bench that is closed, and one that runs is ended with it")),
    ),
    g(
      "interrupted-service-ends",
      "await forget(); // guard: interrupted-service-ends",
      "",
      by(shell("ends a file tool with all that it was doing, and the next call has another")),
    ),
    g(
      "lost-service",
      "await forget();",
      "",
      by(ends("a file service that was killed is started anew at the next call")),
    ),
  ],
  "action/workbench/stall.ts": [
    g(
      "reopened",
      "await chmod(place, 0o700);",
      "void place;",
      by(ends("that closes its own directories closes them to none behind it")),
    ),
    g(
      "nothing-of-a-stuck-bench",
      'if (stuck) throw new Error("something may still be alive on this bench");',
      "",
      by(ends("that does not end takes its bench with it: nobody looks at the files again")),
    ),
    g(
      "lost-ledger",
      "await close();",
      "",
      by(ledger("dies between its work and its answer loses no change")),
    ),
  ],
  "action/workbench/places.ts": [
    g(
      "only-ours-is-swept",
      "found.uid === 0 && ",
      "",
      asRoot(rights("what a killed run left is removed, and nothing else")),
    ),
    g(
      "only-old-is-swept",
      " && Date.now() - found.mtimeMs > DAY_MS",
      "",
      asRoot(rights("what a killed run left is removed, and nothing else")),
    ),
    g("modes-of-a-bench", "mode: 0o700", "mode: 0o755", MODES),
    g(
      "owner-of-a-bench",
      "if (rights !== null) await chown(place, rights.uid, rights.gid);",
      "",
      asRoot(rows("belongs to a user without rights")),
    ),
    g(
      "ground-that-can-be-entered",
      "if (rights === null || (await canEnter(dirname(wanted), rights))) {",
      "if (wanted !== '') {",
      asRoot(rights("one below a closed directory lies elsewhere, and nothing is left of it")),
    ),
    g(
      "mode-of-the-ground",
      "mode: 0o710",
      "mode: 0o755",
      ROOT ? never("as root the mode is set again (guard `mode-of-roots-ground`)") : MODES,
    ),
    g("mode-of-the-benches", "0o711", "0o755", asRoot(MODE_TESTS)),
    g(
      "group-of-the-ground",
      "await chown(dir, 0, rights.gid);",
      "",
      asRoot(rows("can be entered by nobody but the user of the sandboxes")),
    ),
    g("mode-of-roots-ground", "0o710", "0o755", asRoot(MODE_TESTS)),
  ],
  "action/workbench/rights.ts": [
    g(
      "user-of-its-own",
      ".filter(id => !busy.has(id))",
      "",
      asRoot(rights("a run's user is one who has no process")),
    ),
    g(
      "rights-of-root",
      "process.getuid?.() === 0 ? ofNobodyElse(usersOfProcesses()) : null",
      "null",
      asRoot(rows("belongs to a user without rights")),
    ),
    g(
      "may-enter",
      "(found.mode & 0o001) === 0",
      "found.mode < 0",
      asRoot(rights("what others may enter and read is known")),
    ),
    g(
      "may-read",
      "(found.mode & wanted) === wanted",
      "wanted > 0",
      asRoot(rights("what others may enter and read is known")),
    ),
  ],
  "action/workbench/totals.ts": [
    g(
      "free-disk",
      "if (bytes < free)",
      "if (bytes < 0)",
      by(totals("of the machine keeps what is to stay free")),
    ),
    g(
      "free-inodes",
      "inodes < 1000",
      "inodes < 0",
      by(ends("whose machine has no room for more files ends its commands")),
    ),
    g(
      "total-of-disk",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own.
      "return `${places} ${said(bytes)}",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own.
      "void `${places} ${said(bytes)}",
      by(totals("that the work tree, HOME and /tmp fill together")),
    ),
    g(
      "total-of-files",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own.
      "return `${places} ${inodes}",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own.
      "void `${places} ${inodes}",
      by(totals("that holds too many files ends the command")),
    ),
    g(
      "total-of-tasks",
      "if (tasks > totals.tasks)",
      "if (tasks < 0)",
      by(totals("that are processes end their command")),
    ),
    g(
      "available-memory",
      "return `the machine's memory runs out",
      "void `the machine's memory runs out",
      by(ends("whose machine has no memory any more ends its commands")),
    ),
    g(
      "shared-memory",
      "unmapped ? namelessFiles(processes).memory + devShm(pid) : 0",
      "0",
      by(totals("that lies in memfd counts")),
    ),
    g(
      "total-of-memory",
      "return `it took",
      "if (memory > 0) return null;\n    return `it took",
      by(attacks("a bench has a total of memory")),
    ),
  ],
  "action/workbench/toolchain.ts": [
    g(
      "programs-of-packages",
      'entry.split("/").includes("node_modules") ||',
      "",
      by(rows("a toolchain outside of /usr is where PATH says, and cannot be changed")),
    ),
    g(
      "forbidden-directories",
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the source's own.
      "forbidden.some(root => entry === root || entry.startsWith(`${root}/`))",
      "forbidden.length < 0",
      by(rows("what is Kin's own is not on a command's PATH")),
    ),
    g(
      "entries-that-can-be-read",
      "(await canRead(entry, options.rights))",
      "true",
      asRoot(rights("a toolchain that this user cannot enter is left out and named, another one is there")),
    ),
    g(
      "covered-entries",
      "!COVERED.test(entry)",
      "true",
      by(rows("a toolchain where a sandbox has something of its own is left out, and that is said")),
    ),
    g(
      "homes-keep-their-own",
      "isBelowHome(entry, home) &&",
      'above === "" &&',
      by(setup("of /home/me/go/bin are")),
    ),
    g("no-top-directory", "depth(above) > 1", 'above !== ""', by(setup("of /opt/bin are"))),
  ],
};
