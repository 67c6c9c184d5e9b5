// Repositories that a command leaves behind: the throwaway one in the work tree, and nested ones that it made. Whatever
// they contain, a record runs nothing of it, finishes soon, and is the tree that a plain git makes of the same files.
import { chmodSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  aWorkbench,
  closeAll,
  type Files,
  git,
  type Handle,
  pathsOf,
  put,
  type Stand,
  temporary,
} from "./kit.ts";

/** Anything longer counts as hanging. */
const HANGS_MS = 20_000;

/**
 * What everything here tries to run: it leaves a file in /tmp, which is the bench's own in a sandbox, and on the
 * machine otherwise.
 */
const proof = temporary();
const RUN = `touch /tmp/ran ${proof}/ran`;
const ran = (): boolean =>
  [join(proof, "ran"), join(stand.dir, "benches", "1", "tmp", "ran")].some(existsSync);

const HOOKS =
  "applypatch-msg pre-applypatch post-applypatch pre-commit prepare-commit-msg commit-msg post-commit pre-rebase post-checkout post-merge pre-push pre-receive update proc-receive post-receive post-update reference-transaction push-to-checkout pre-auto-gc post-rewrite sendemail-validate fsmonitor-watchman post-index-change".split(
    " ",
  );

const CONFIG = `[core]
	repositoryformatversion = 0
	fsmonitor = ${RUN}
	hooksPath = /work/hooks
	sshCommand = ${RUN}
	pager = ${RUN}
	editor = ${RUN}
	askPass = ${RUN}
	attributesFile = /work/evil.attributes
	excludesFile = /work/everything
	alternateRefsCommand = ${RUN}
	worktree = /tmp
[filter "evil"]
	clean = ${RUN}; cat
	smudge = ${RUN}; cat
	process = ${RUN}
	required = true
[diff]
	external = ${RUN}
[diff "evil"]
	command = ${RUN}
	textconv = ${RUN}
[merge "evil"]
	driver = ${RUN}
[credential]
	helper = !${RUN}
[gpg]
	program = ${RUN}
[alias]
	ls-files = !${RUN}
[include]
	path = /tmp/more
[includeIf "gitdir:/**"]
	path = /work/more
[extensions]
	worktreeConfig = true
`;

const COMMITTED: Files = {
  "a.txt": "a\n",
  "sub/b.txt": "b\n",
  ".gitattributes": "* filter=evil diff=evil merge=evil text eol=crlf ident\n",
  ".gitmodules": `[submodule "sub"]\n\tpath = sub\n\turl = ext::${RUN}\n\tupdate = !${RUN}\n`,
  everything: "*\n",
  "evil.attributes": "* filter=evil diff=evil\n",
  more: `[core]\n\tfsmonitor = ${RUN}\n[filter "evil"]\n\tclean = ${RUN}\n`,
  // A directory that looks like a bare repository.
  "bare/HEAD": "ref: refs/heads/main\n",
  "bare/config": CONFIG,
  "bare/objects/x": "x\n",
  "bare/refs/x": "x\n",
  "bare/info/attributes": "* filter=evil\n",
  "bare/commondir": "/tmp\n",
  ...Object.fromEntries(
    ["hooks", "bare/hooks"].flatMap(directory =>
      HOOKS.map(name => [`${directory}/${name}`, { run: `#!/bin/sh\n${RUN}\n` }]),
    ),
  ),
};

/** For each of the two: $G is its git directory, $W its work tree. */
type State = [what: string, state: string, files?: Files];
const STATES: readonly State[] = [
  ["a configuration that runs programs", "cp bare/config $G/config"],
  ["a configuration that includes one", "printf '[include]\\n\\tpath = /work/more\\n' > $G/config"],
  ["a configuration of its work tree", "cp bare/config $G/config; cp bare/config $G/config.worktree"],
  ["hooks of every name", "mkdir -p $G/hooks; cp hooks/* $G/hooks/"],
  [
    "attributes",
    "cp bare/config $G/config; echo '* filter=evil diff=evil working-tree-encoding=UTF-16' > $G/info/attributes",
  ],
  ["excludes of everything", "echo '*' > $G/info/exclude"],
  ["sparse patterns", "echo '!/*' > $G/info/sparse-checkout; git -C $W config core.sparseCheckout true"],
  ["a commondir elsewhere", "mkdir -p /tmp/c; cp -a bare/. /tmp/c; echo /tmp/c > $G/commondir"],
  ["a commondir that is itself", "echo . > $G/commondir"],
  ["a commondir of Kin", "echo /.kin/git > $G/commondir"],
  ["a gitdir elsewhere", "echo /work/bare > $G/gitdir; echo /.kin/git/config > $G/config.lock"],
  ["a file that leads to a directory", "rm -rf $G; echo 'gitdir: /work/bare' > $G"],
  ["a file that leads out of the tree", "cp -a bare /tmp/g; rm -rf $G; echo 'gitdir: /tmp/g' > $G"],
  ["a file that leads to the git directory of Kin", "rm -rf $G; echo 'gitdir: /.kin/git' > $G"],
  ["a file that leads to itself", "rm -rf $G; echo 'gitdir: .git' > $G"],
  ["a file of nonsense", "rm -rf $G; head -c 200000 /dev/urandom > $G"],
  ["a sparse file", "rm -rf $G; truncate -s 3G $G"],
  ["a link to a directory", "mv $G /tmp/g; cp bare/config /tmp/g/config; ln -s /tmp/g $G"],
  ["a link to the git directory of Kin", "rm -rf $G; ln -s /.kin/git $G"],
  ["a link to the root", "rm -rf $G; ln -s / $G"],
  ["a link to itself", "rm -rf $G; ln -s .git $G"],
  ["a link to a device", "rm -rf $G; ln -s /dev/zero $G"],
  ["a pipe in its place", "rm -rf $G; mkfifo $G"],
  [
    "a file that leads to a pipe",
    "cp -a $G /tmp/t$N; rm -f /tmp/t$N/HEAD; mkfifo /tmp/t$N/HEAD; rm -rf $G; echo gitdir: /tmp/t$N > $G",
  ],
  [
    "a link that leads to a pipe",
    "cp -a $G /tmp/t$N; rm -f /tmp/t$N/HEAD; mkfifo /tmp/t$N/HEAD; rm -rf $G; ln -s /tmp/t$N $G",
  ],
  [
    "a link to a repository whose HEAD is a pipe",
    "rm -f .git/HEAD; mkfifo .git/HEAD; mkdir $W/p; ln -s /work/.git $W/p/.git",
  ],
  ["a commondir that never ends", "ln -s /dev/zero $G/commondir"],
  ["a huge commondir", "truncate -s 1G $G/commondir"],
  [
    "huge files that git reads whole",
    "mkdir $W/p; truncate -s 1G $W/p/.gitignore; truncate -s 1G $W/p/.gitattributes",
  ],
  ["nothing", "rm -rf $G"],
  ["a closed directory", "chmod 000 $G"],
  [
    "work trees",
    "git -C $W worktree add -q --detach -f /tmp/w-$N; cp bare/config $G/worktrees/*/config.worktree",
  ],
  [
    "pipes in the place of its files",
    "for f in HEAD config index packed-refs commondir gitdir shallow info/exclude info/attributes refs/heads/x objects/info/alternates; do mkdir -p $(dirname $G/$f); rm -rf $G/$f; mkfifo $G/$f; done",
  ],
  [
    "pipes in the place of what git reads by name",
    "mkdir $W/p; for f in .gitignore .gitattributes .gitmodules .mailmap; do mkfifo $W/p/$f; done",
  ],
  [
    "pipes in a closed directory",
    "mkdir -p $W/p/.git/objects $W/p/.git/refs; for f in .gitignore .gitattributes .git/HEAD .git/commondir; do mkfifo $W/p/$f; done; chmod 000 $W/p/.git $W/p",
  ],
  [
    "links in the place of what git reads by name",
    "mkdir $W/p; mkfifo /tmp/pipe-$N; ln -s /tmp/pipe-$N $W/p/.gitignore; ln -s /dev/zero $W/p/.gitattributes",
  ],
  [
    "an index that hides changes",
    "git -C $W update-index --assume-unchanged $F; echo hidden > $W/$F; git -C $W update-index --skip-worktree $F",
    { "a.txt": "hidden\n", "nest/f": "hidden\n" },
  ],
  [
    "a split index",
    "git -C $W update-index --split-index; git -C $W update-index --untracked-cache 2>/dev/null",
  ],
  ["an index of nonsense", "head -c 300000 /dev/urandom > $G/index"],
  ["a huge index", "rm -f $G/index; truncate -s 3G $G/index"],
  ["an index that is a link", "ln -sf /dev/zero $G/index; touch $G/index.lock"],
  ["locks on everything", "for f in index HEAD config packed-refs shallow; do touch $G/$f.lock; done"],
  ["references in a circle", "echo 'ref: refs/heads/x' | tee $G/HEAD $G/refs/heads/x"],
  ["a HEAD that is a link", "ln -sf /dev/zero $G/HEAD"],
  ["a HEAD that is a directory", "rm -f $G/HEAD; mkdir $G/HEAD"],
  ["a HEAD that is huge", "truncate -s 3G $G/HEAD"],
  ["linked objects", "rm -rf $G/objects; ln -s /.kin/objects $G/objects"],
  ["linked references", "rm -rf $G/refs; ln -s / $G/refs"],
  ["alternates in a circle", "mkdir -p $G/objects/info; echo $G/objects > $G/objects/info/alternates"],
  [
    "packs of nonsense",
    "mkdir -p $G/objects/pack; head -c 9999 /dev/urandom | tee $G/objects/pack/pack-1.idx > $G/objects/pack/pack-1.pack",
  ],
  [
    "replaced and grafted commits",
    "mkdir -p $G/refs/replace; git -C $W rev-parse HEAD > $G/refs/replace/$(git -C $W rev-parse HEAD^{tree}); echo x > $G/info/grafts",
  ],
  [
    "a repository in the repository",
    "mkdir $W/p; git init -q $W/p/q; cp bare/config $W/p/q/.git/config; mkdir $W/p/q/.git/.git; cp -a $W/p/q/.git/. $W/p/q/.git/.git/ 2>/dev/null",
  ],
];

let stand: Stand;
let bench: Handle;
/** The same files where no command ever was. */
let clean: string;
beforeAll(async () => {
  chmodSync(proof, 0o777);
  stand = await aWorkbench(COMMITTED);
  bench = await stand.open();
  clean = temporary();
  git(clean, "init", "-q");
  put(clean, { ...COMMITTED, ".git/info/attributes": "* -text -ident !eol !filter\n" });
  await bench.bash("cp -a .git /tmp/clean.git");
});
afterAll(closeAll);

/** With nothing committed in force. */
const treeOf = (files: Files): string => {
  for (const name of ["nest", "made.txt"]) rmSync(join(clean, name), { recursive: true, force: true });
  put(clean, { "a.txt": "a\n", ...files });
  git(clean, "add", "--all", "--force");
  return git(clean, "write-tree");
};

const recordOf = async (state: string, name: string) => {
  await bench.bash(`
chmod -R u+rwX . 2>/dev/null; rm -rf nest p .git /tmp/[!c]* /tmp/c; cp -a /tmp/clean.git .git; echo a > a.txt
git init -q nest; echo f > nest/f; git -C nest add f; git -C nest -c user.name=a -c user.email=a@b commit -qm x
N=0; for W in /work /work/nest; do G=$W/.git; N=$((N+1)); F=a.txt; [ $W = /work ] || F=f; ${state}; done
printf '%s\\r\\n$Id: x$\\n' '${name}' > made.txt; rm -f /tmp/ran`);
  rmSync(join(proof, "ran"), { force: true });
  return Promise.race([bench.record(), sleep(HANGS_MS, null)]);
};

describe("a record of a hostile repository", () => {
  test.each<State>(STATES)("with %s", async (what, state, files = {}) => {
    const recorded = await recordOf(state, what);
    expect(recorded).not.toBeNull();
    expect(ran()).toBe(false);
    expect(recorded === null ? null : pathsOf(recorded)).toContain("made.txt");
    expect(recorded?.tree).toBe(treeOf({ "made.txt": `${what}\r\n$Id: x$\n`, "nest/f": "f\n", ...files }));
  });
});
