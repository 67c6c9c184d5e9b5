var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};

// node_modules/@anthropic-ai/sdk/internal/node.mjs
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
var init_node = __esm({
  "node_modules/@anthropic-ai/sdk/internal/node.mjs"() {
  }
});

// action/tools.ts
import { createInterface as createInterface2 } from "node:readline";

// core/agents/tools.ts
var text = { type: "string" };
var TOOLS = [
  {
    name: "read",
    description: "Read a text file; each line has its number and a tab before it, which are not in the file. Over 100 KiB: give view_range.",
    input_schema: {
      type: "object",
      properties: {
        file_path: text,
        view_range: {
          type: "array",
          items: { type: "integer" },
          description: "[first, last] line, from 1, inclusive"
        }
      },
      required: ["file_path"]
    }
  },
  {
    name: "write",
    description: "Write a whole text file; makes parent directories.",
    input_schema: {
      type: "object",
      properties: { file_path: text, content: text },
      required: ["file_path", "content"]
    }
  },
  {
    name: "edit",
    description: "Replace old_string, as it stands in the file (no line numbers); it must occur exactly once unless replace_all.",
    input_schema: {
      type: "object",
      properties: {
        file_path: text,
        old_string: text,
        new_string: text,
        replace_all: { type: "boolean" }
      },
      required: ["file_path", "old_string", "new_string"]
    }
  },
  {
    name: "glob",
    description: "Find files by a pattern such as src/**/*.ts, newest first, at most 200; not in .git or node_modules.",
    input_schema: {
      type: "object",
      properties: { pattern: text, path: { type: "string", description: "directory to search" } },
      required: ["pattern"]
    }
  },
  {
    name: "grep",
    description: "Search file contents for a regular expression.",
    input_schema: {
      type: "object",
      properties: { pattern: text, path: { type: "string", description: "file or directory to search" } },
      required: ["pattern"]
    }
  },
  {
    name: "bash",
    description: "Run a command in bash with pipefail, in a sandbox at the project's root. Only files last from call to call.",
    input_schema: {
      type: "object",
      properties: {
        command: text,
        timeout_seconds: { type: "integer", description: "default 120, at most 600" }
      },
      required: ["command"]
    }
  },
  {
    name: "skill",
    description: "Load a skill by its name in the list of the first message, or one of its files.",
    input_schema: { type: "object", properties: { name: text, file: text }, required: ["name"] }
  }
];

// core/model/area.ts
var isInArea = (path3, area) => area.length === 0 || area.some((part) => holds(part, path3));
var holds = (outer, inner) => inner === outer || inner.startsWith(outer.endsWith("/") ? outer : `${outer}/`);

// core/model/unseen.ts
var UNSEEN = "\\p{Default_Ignorable_Code_Point}\\p{Surrogate}\\p{Noncharacter_Code_Point}\\u2800\\ufff9-\\ufffb\\u{16fe4}\\u{1d159}\\0-\\x08\\x0e-\\x1a\\x1c-\\x1f\\x7f-\\x9f";
var JOINING = "\\u00ad\\u034f\\u061c\\u17b4\\u17b5\\u180e\\u200b-\\u200f\\u2060-\\u2064\\u2800\\ufeff";
var PART = "\\p{Extended_Pictographic}[\\u{1F3FB}-\\u{1F3FF}]?[\\uFE0E\\uFE0F]?";
var EMOJI = `${PART}(?:\\u200D${PART})*|[0-9#*]\\uFE0F?\\u20E3`;
var SHOWN = [
  "\\u{1F3F4}[\\u{E0020}-\\u{E007E}]{2,8}\\u{E007F}",
  EMOJI,
  "\\p{Emoji}[\\uFE0E\\uFE0F]",
  `(?![${UNSEEN}\\x00-\\x7f])[\\p{S}\\p{P}\\p{Ideographic}\\p{Script=Myanmar}\\p{Script=Phags_Pa}\\p{Script=Manichaean}][\\uFE00-\\uFE0F]`,
  "\\p{Ideographic}[\\u{E0100}-\\u{E01EF}]",
  "[\\u1800-\\u180A\\u1820-\\u18AA][\\u180B-\\u180D\\u180F]",
  "[\\u1100-\\u115E\\uA960-\\uA97C]\\u1160|\\u115F[\\u1161-\\u11A7]",
  "\\u2800*[\\u2801-\\u28FF][\\u2800-\\u28FF]*"
].join("|");

// core/model/patch/glob.ts
var matchesGlob = (path3, pattern) => matches(namesOf(path3), pattern);
var matchesAnyGlob = (path3, patterns) => {
  const names = namesOf(path3);
  return patterns.some((pattern) => matches(names, pattern));
};
var namesOf = (path3) => path3.split("/").map((name) => [...name]);
var matches = (names, pattern) => {
  const parts = pattern.replace(/^\.\//, "").split("/");
  const directoryOnly = parts.length > 1 && parts.at(-1) === "";
  while (parts.length > 1 && parts.at(-1) === "") parts.pop();
  const segments = parts.filter((part) => part !== "").map((part) => part.replace(/^\*{2,}$/, "**"));
  let starts = parts.length > 1 ? [0] : names.map((_, index) => index);
  for (const [index, segment] of segments.entries()) {
    const first = starts[0] ?? names.length;
    if (segment !== "**") {
      const tokens = tokensOf(segment);
      starts = starts.filter((at) => at < names.length && fits(names[at] ?? [], tokens)).map((at) => at + 1);
    } else if (index === segments.length - 1) return first < names.length - (directoryOnly ? 1 : 0);
    else starts = names.map((_, at) => at).slice(first);
  }
  return segments.length > 0 && starts.some((at) => at < names.length || !directoryOnly);
};
var tokensOf = (segment) => (segment.match(/\[[!^]?[^\]]{1,200}\]|\*+|[\s\S]/gu) ?? []).map((part) => {
  if (part.startsWith("*")) return null;
  if (part === "?") return () => true;
  return part.length > 2 && part.startsWith("[") ? classOf(part.slice(1, -1)) : part;
});
var classOf = (inner) => {
  const negated = /^[!^]/.test(inner);
  const ranges = [...(negated ? inner.slice(1) : inner).matchAll(/([\s\S])-([\s\S])|[\s\S]/gu)].map(
    ([one, from = one, to = one]) => [point(from), point(to)]
  );
  return (character) => ranges.some(([from, to]) => from <= point(character) && point(character) <= to) !== negated;
};
var point = (character) => character.codePointAt(0) ?? 0;
var fits = (name, tokens) => {
  let star = -1;
  let taken = 0;
  let token = 0;
  for (let at = 0; at < name.length; ) {
    const now = tokens[token];
    if (now === null) {
      star = token++;
      taken = at;
    } else if (now === name[at] || typeof now === "function" && now(name[at] ?? "")) {
      token++;
      at++;
    } else if (star < 0) return false;
    else {
      token = star + 1;
      at = ++taken;
    }
  }
  return tokens.slice(token).every((rest) => rest === null);
};

// core/model/word-list.ts
var wordList = (text2) => text2.trim().split(/\s+/);

// core/model/patch/protected.ts
var PROTECTED = [
  {
    why: "it is, or looks like, git's own or another version control's, which obeys it",
    globs: wordList(`
      .git .gitmodules .gitattributes .gitconfig .lfsconfig .hg .jj .svn .bzr _darcs .pijul .sl .gitreview
      .arcconfig .arclint
    `)
  },
  {
    why: "it tells an AI agent what to do, or gives it tools",
    globs: wordList(`
      AGENTS.md AGENTS.local.md AGENTS.override.md AGENT.md .agent .agents .mcp.json mcp.json CLAUDE.md
      CLAUDE.local.md .claude* GEMINI.md .gemini* QWEN.md .qwen WARP.md CRUSH.md .crush*
      copilot-instructions.md .copilot .cursor* .windsurf* .codeium .cline* .roo* .kilocode* .aider*
      .continue* .codex .opencode opencode.json* .kiro .junie .goose* .amazonq .augment* .trae* .openhands*
      .factory .amp .devin .idx .bolt* .rules .ruler .coderabbit.* .pr_agent.toml greptile.json ellipsis.yaml
      sweep.yaml crush.json .ai .aiassistant .cody .tabnine* .zencoder .qodo* .qoder .lingma .codebuddy .iflow
      IFLOW.md .forge forge.yaml .vibe .rovodev .pearai* .void* .serena .specify .bmad* .taskmaster
      smithery.yaml
    `)
  },
  {
    why: "an editor, or the machine that opens the folder, runs what it says",
    globs: wordList(`
      .vscode *.code-workspace .idea .zed .fleet .vs .nova .theia .helix .vimrc _vimrc .exrc .nvimrc .nvim.lua
      .lazy.lua .lvimrc .ycm_extra_conf.py .dir-locals* *.sublime-project desktop.ini autorun.inf *.lnk *.scf
      .devcontainer* .gitpod* devfile.yaml .devfile.yaml .codesandbox .replit replit.nix sandbox.config.json
      .stackblitzrc .ona .coder .lando* .ddev .docksal .vim .nvim .local.vimrc .vimspector.json .neoconf.json
      .kateproject* .lapce .lite_project.lua *.sublime-workspace *.sublime-build .externalToolBuilders
      nbproject .run *.run.xml *.suo *.csproj.user *.vcxproj.user .vsconfig omnisharp.json xcuserdata
      xcshareddata/xcdebugger .godot *.url *.library-ms *.searchConnector-ms
    `)
  },
  {
    why: "a language server or a build server runs it, or what it names, as soon as a file is opened",
    globs: wordList(`
      .bsp .lsp hie.yaml .bloop .metals .nrepl.edn .clj-kondo .luarc.json* .merlin .formatter.exs
      .solargraph.yml .phpactor.* .tern-project rust-analyzer.toml rust-project.json .rust-project.json
      .sourcekit-lsp zls.json .bazelbsp .venv
    `)
  },
  {
    why: "a shell, an interpreter or a debugger runs it where it is started",
    globs: wordList(`
      .env .envrc .autoenv* .mise* mise.toml mise.*.toml .config/mise .rtx.toml devbox.json .flox .gdbinit
      .lldbinit .pdbrc* .irbrc .pryrc .rdbgrc .byebugrc .Rprofile .ghci .iex.exs sitecustomize.py
      usercustomize.py .jvmopts .sbtopts .sbtrc .direnv* .shadowenv.d .rvmrc .rbenv-vars .powrc .powenv
      .proverc .yath* .perldb .ocamlinit .erlang .Renviron .RData renv/activate.R .octaverc startup.m .gnuplot
      .jdbrc jdb.ini .hotspotrc profiles.clj .user.ini .r2rc .ghcid jupyter*config.py jupyter*config.json
      ipython_config.py .chef .actrc .tmuxinator.yml devenv.nix devenv.yaml Tiltfile Vagrantfile skaffold.y*ml
      .ssh .gnupg .netrc
    `)
  },
  {
    why: "it says what runs when somebody commits",
    globs: wordList(`
      .husky .githooks .git-hooks lefthook.* lefthook-local.* .lefthook* .pre-commit-* prek.toml
      .overcommit.yml .lintstagedrc* lint-staged.config.* .simple-git-hooks* simple-git-hooks.*
      captainhook.json grumphp.yml .rusty-hook.toml .huskyrc* husky.config.* .nano-staged* nano-staged.*
      hk.pkl cog.toml .gitlint .czrc .cz-config.* .commitlintrc* commitlint.config.*
    `)
  },
  {
    why: "a package manager or a build tool obeys it, or runs it",
    globs: wordList(`
      .npmrc .yarnrc* .yarn/plugins .yarn/releases .yarn/sdks .pnpmfile.* .pnp.* bunfig.toml .bunfig.toml
      .corepack.env pip.conf pip.ini .pypirc uv.toml poetry.toml .condarc .cargo .bundle gradle/wrapper
      gradlew gradlew.bat .mvn mvnw mvnw.cmd .m2 nuget.config *.bazelrc .bazeliskrc tools/bazel .buckconfig*
      .pants* .plzconfig* pleasew .mill-* .jbang .paket .bowerrc pdm.toml .pdm.toml .pdm-python .pixi
      site_scons CMakeUserPresets.json Directory.Build.rsp gradle/gradle-daemon-jvm.properties .guix-*
      .terraform
    `)
  },
  {
    why: "a version manager takes a program from where it says, and runs that in the place of another",
    globs: wordList(`
      .tool-versions rust-toolchain rust-toolchain.toml lean-toolchain .bazelversion .prototools .vfox.toml
      .pkgx.* aqua.yaml aqua.yml .aqua bin/hermit
    `)
  },
  {
    why: "a service runs or obeys it on a push",
    globs: wordList(`
      .github action.yml action.yaml .gitlab-ci* .gitlab .forgejo .gitea .circleci .travis.yml
      azure-pipelines* .azure-pipelines* .azuredevops .vsts-ci.yml Jenkinsfile* .drone.* .buildkite
      bitbucket-pipelines.yml appveyor.yml .appveyor.yml .woodpecker* cloudbuild*.yaml cloudbuild.yml
      .cloudbuild buildspec*.yml .semaphore .teamcity bamboo-specs .cirrus.* wercker.yml bitrise.yml
      codemagic.yaml .build.yml .builds .tekton .zuul* zuul.d .taskcluster.yml .prow* .readthedocs.* .mergify*
      .kodiak.toml bors.toml .dependabot renovate.json* .renovaterc* ci_scripts appcenter-*.sh Dangerfile*
      atlantis.yaml .spacelift .terrateam digger.yml env0.* screwdriver.yaml .harness .buddy buddy.yml .vela.*
      .scrutinizer.yml .rwx .mint .tangled .crow* codefresh.yml .eas .kokoro .evergreen* .packit* packit.yaml
      .copr .obs .ci-operator.yaml garnix.yaml .onedev-buildspec.yml .asf.yaml .releaserc* release.config.*
      .release-it.* .goreleaser* .versionrc*
    `)
  },
  {
    why: "a host builds and deploys as it says",
    globs: wordList(`
      netlify.toml vercel.json vercel.ts now.json amplify.yml render.yaml railway.json railway.toml
      nixpacks.toml railpack.json heroku.yml apprunner.yaml appspec.yml .ebextensions .elasticbeanstalk
      .platform* .upsun .lagoon* .deployment .do .buildpacks .s2i .openshift
    `)
  },
  {
    why: "it says what of a change a check must not mind",
    globs: wordList(`
      codecov.yml .codecov.yml .codeclimate.yml .codacy.* .deepsource.toml .hound.yml sonar-project.properties
      .sonarcloud.properties .snyk .trivyignore* .gitleaks* .gitguardian* .secretlint* .gitallowed .semgrep*
      .checkov* .whitesource .lgtm*
    `)
  },
  {
    why: "it says who has to approve what",
    globs: wordList("CODEOWNERS OWNERS_ALIASES .pullapprove.yml")
  }
];
var protectedBy = (folded) => {
  const names = folded.split("/");
  for (const [index, name] of names.entries()) {
    const why = whyOf(name) ?? WHOLE.get(`${names[index - 1] ?? ""}/${name}`);
    if (why !== void 0) return why;
  }
  return null;
};
var whyOf = (name) => WHOLE.get(name) ?? FAMILIES.find(
  ({ before, after }) => name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after)
)?.why;
var ROWS = PROTECTED.flatMap(({ why, globs }) => globs.map((glob2) => ({ glob: glob2.toLowerCase(), why })));
var WHOLE = new Map(ROWS.map(({ glob: glob2, why }) => [glob2, why]));
var FAMILIES = ROWS.filter(({ glob: glob2 }) => glob2.includes("*")).map(({ glob: glob2, why }) => {
  const [before = "", after = ""] = glob2.split("*");
  return { before, after, why };
});

// core/model/patch/path-rules.ts
var pathProblem = (path3, rules) => placeProblem(path3, rules.protected) ?? scopeProblem(path3, rules.scope);
var placeProblem = (path3, globs) => nameProblem(path3) ?? protectedProblem(path3, globs);
var MAX_NAME = 255;
var MAX_PATH = 1e3;
var nameProblem = (path3) => {
  if (byteLength(path3) > MAX_PATH) return `its path is longer than ${MAX_PATH} bytes; choose a shorter one`;
  if (path3.startsWith("-")) return "its name starts with a dash, like an option; choose another name";
  const segments = path3.split("/");
  const isPlain = segments.every((segment) => segment !== "" && segment !== "." && segment !== "..");
  if (!isPlain) return "it is not a plain relative path";
  for (const segment of segments) {
    if (byteLength(segment) > MAX_NAME)
      return `its name is longer than ${MAX_NAME} bytes; choose a shorter one`;
    const name = segment.replace(EMOJI2, "");
    const bad = NAMES.find(({ is }) => is.test(name) || is.test(withoutStream(name)));
    if (bad !== void 0) return `${bad.why}; choose another name`;
  }
  return null;
};
var EMOJI2 = new RegExp("\\p{RGI_Emoji}\\ufe0f?", "gv");
var NAMES = [
  { is: new RegExp("\\p{Cc}|\\p{Zl}|\\p{Zp}", "u"), why: "its name holds control characters or line ends" },
  {
    is: new RegExp(`[\\p{Cf}${UNSEEN}]`, "u"),
    why: "its name holds characters that nobody sees, or that reverse the direction of text"
  },
  { is: /\\/, why: "its name holds a backslash, which leads elsewhere on Windows" },
  { is: /[. ]$/, why: "its name ends in a dot or a blank, which Windows drops" },
  {
    is: /^[^.~]{1,7}~\d{1,6}(?:\.[^.]{0,3})?$/u,
    why: "Windows takes its name for the short form of another"
  },
  {
    is: /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|con(?:in|out)\$|clock\$) *(?:\.|$)/i,
    why: "its name is a device's on Windows"
  }
];
var withoutStream = (name) => name.replace(/:.*$/s, "");
var ORDINARY = /* @__PURE__ */ new Set([".gitignore", ".gitkeep"]);
var protectedProblem = (path3, globs) => {
  const folded = fold(path3, "NFKC");
  const why = protectedBy(folded.split("/").map(withoutStream).join("/"));
  if (why !== null) return `it is protected: ${why}; ${LEAVE_IT}`;
  const names = path3.split("/");
  if (folded.split("/").some((name, index) => ORDINARY.has(name) && name !== names[index]))
    return "it looks like a file of git's in another spelling; use the plain name";
  const isNamed = matchesAnyGlob(path3, globs) || // guard: globs-of-the-config
  matchesAnyGlob(
    folded,
    foldedGlobs(globs).filter((glob2) => folded !== path3 || !globs.includes(glob2))
    // already tested
  );
  return isNamed ? `it is protected by this project's configuration; ${LEAVE_IT}` : null;
};
var FOLDED = /* @__PURE__ */ new WeakMap();
var foldedGlobs = (globs) => {
  const folded = FOLDED.get(globs) ?? globs.map((glob2) => fold(glob2, "NFKC"));
  FOLDED.set(globs, folded);
  return folded;
};
var LEAVE_IT = "leave it alone and say in your answer what a person should change there";
var scopeProblem = (path3, scope) => {
  if (matchesAnyGlob(path3, scope.paths_denied))
    return `your role may not change it (denied: ${scope.paths_denied.join(", ")}); leave it to another role`;
  if (scope.paths !== null && !matchesAnyGlob(path3, scope.paths))
    return `your role may only change ${scope.paths.join(", ")}; leave it to another role`;
  if (scope.area !== void 0 && !isInArea(path3, scope.area))
    return `your area is ${scope.area.join(", ")}; somebody else may be writing there: say in your report what has to change`;
  return null;
};
var foldPath = (path3) => fold(path3, "NFC");
var fold = (text2, form) => text2.normalize(form).toUpperCase().toLowerCase().normalize(form);
var byteLength = (text2) => new TextEncoder().encode(text2).length;

// core/model/permission.ts
var TOOLS_OF = {
  read_only: ["read", "glob", "grep", "skill", "web", "workers"],
  read_bash: ["read", "glob", "grep", "bash", "skill"],
  full: ["read", "glob", "grep", "write", "edit", "bash", "skill"]
};
var permissionProblem = (tool2, permission) => {
  if (TOOLS_OF[permission].includes(tool2)) return null;
  return permission === "read_only" ? "your role's permission is read_only: it reads files (read, glob, grep) and neither changes them nor runs commands" : "your role's permission is read_bash: it reads files and runs commands (bash), and changes no files";
};

// action/workbench/protocol.ts
var WORK = "/work";
var SCRATCH = "/tmp";
var asInside = (text2, { work, tmp }) => work === WORK ? text2 : text2.replaceAll(work, WORK).replaceAll(tmp, SCRATCH);

// action/workbench/traps.ts
import { chmodSync, lstatSync, readdirSync, statSync } from "node:fs";
var READ_BY_GIT = /* @__PURE__ */ new Set([".gitignore", ".gitattributes", ".gitmodules"]);
var READ_BY_SEARCHES = /* @__PURE__ */ new Set([".gitignore", ".ignore", ".rgignore", "exclude"]);
var MOST_BYTES = 4 * 1024 ** 2;
var ELSEWHERE = /* @__PURE__ */ new Set(["commondir", "gitdir"]);
var NOT_REGULAR = "it is not a regular file";
var NESTED = "it makes its directory a git repository of its own, by something else than plain files; it was removed";
var findTraps = () => {
  const found = /* @__PURE__ */ new Map();
  for (const at of entriesOf(".git")) {
    const { path: path3, entry: entry2, nested } = at;
    if (nested !== null) {
      if (isOdd(at)) found.set(nested, NESTED);
    } else if (entry2.name === ".git") {
      if (!entry2.isDirectory()) found.set(path3, NESTED);
    } else {
      const why = whyOf2(at, READ_BY_GIT);
      if (why !== null) found.set(path3, why);
    }
  }
  return [...found].map(([path3, why]) => ({ path: bytes(path3), why }));
};
var findSearchTrap = (root = ".") => {
  for (const at of entriesOf(null, root)) {
    if (/^\.git(?:\/|$)/.test(at.path) && !READ_BY_SEARCHES.has(at.entry.name)) continue;
    const why = whyOf2(at, READ_BY_SEARCHES, root);
    if (why !== null) return { path: bytes(at.path), why };
  }
  return null;
};
var whyOf2 = ({ path: path3, entry: entry2 }, names, root = ".") => {
  if (entry2.isFIFO()) return NOT_REGULAR;
  if (!names.has(entry2.name)) return null;
  const found = statSync(below(root, path3), { throwIfNoEntry: false });
  if (found === void 0 || found.isDirectory()) return null;
  if (!found.isFile()) return NOT_REGULAR;
  if (found.size <= MOST_BYTES) return null;
  return `git reads it whole, and it has more than ${MOST_BYTES} bytes; make it smaller`;
};
var isOdd = ({ path: path3, entry: entry2 }) => entry2.isSymbolicLink() || entry2.isFIFO() || ELSEWHERE.has(entry2.name) || entry2.isFile() && !path3.includes("/.git/objects/") && lstatSync(bytes(path3)).size > MOST_BYTES;
function* entriesOf(but, root = ".") {
  const queue = [{ at: "", nested: null }];
  for (let next = queue.pop(); next !== void 0; next = queue.pop()) {
    const { at, nested } = next;
    for (const entry2 of listed(at === "" ? Buffer.from(root) : below(root, at))) {
      const path3 = at === "" ? entry2.name : `${at}/${entry2.name}`;
      if (path3 === but) continue;
      yield { path: path3, entry: entry2, nested };
      if (entry2.isDirectory())
        queue.push({ at: path3, nested: nested ?? (at !== "" && entry2.name === ".git" ? path3 : null) });
    }
  }
}
var listed = (directory) => {
  const list = () => readdirSync(directory, { withFileTypes: true, encoding: "latin1" });
  try {
    return list();
  } catch {
  }
  try {
    chmodSync(directory, 448);
    return list();
  } catch {
    return [];
  }
};
var below = (root, path3) => root === "." ? bytes(path3) : Buffer.concat([Buffer.from(`${root}/`), bytes(path3)]);
var bytes = (path3) => Buffer.from(path3, "latin1");

// action/tools/files.ts
import { join as join3, relative } from "node:path";

// node_modules/@anthropic-ai/sdk/lib/tools/ToolError.mjs
var ToolError = /* @__PURE__ */ (() => {
  class ToolError2 extends Error {
    constructor(content) {
      const message = typeof content === "string" ? content : content.map((block) => {
        if (block.type === "text")
          return block.text;
        return `[${block.type}]`;
      }).join(" ");
      super(message);
      this.name = "ToolError";
      this.content = content;
    }
  }
  return ToolError2;
})();

// node_modules/@anthropic-ai/sdk/lib/internal/toolsets/sanitize.mjs
function thrownErrorText(e) {
  return `Error: ${e instanceof Error ? e.message : String(e)}`;
}

// node_modules/@anthropic-ai/sdk/lib/tools/BetaRunnableTool.mjs
function toolErrorContent(e) {
  return e instanceof ToolError ? e.content : thrownErrorText(e);
}
async function runRunnableTool(tool2, rawInput, context) {
  try {
    const input = tool2.parse ? tool2.parse(rawInput) : rawInput;
    const content = await tool2.run(input, context);
    return { content, isError: false };
  } catch (e) {
    return { content: toolErrorContent(e), isError: true };
  }
}

// node_modules/@anthropic-ai/sdk/internal/tslib.mjs
function __classPrivateFieldSet(receiver, state, value, kind, f) {
  if (kind === "m")
    throw new TypeError("Private method is not writable");
  if (kind === "a" && !f)
    throw new TypeError("Private accessor was defined without a setter");
  if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver))
    throw new TypeError("Cannot write private member to an object whose class did not declare it");
  return kind === "a" ? f.call(receiver, value) : f ? f.value = value : state.set(receiver, value), value;
}
function __classPrivateFieldGet(receiver, state, kind, f) {
  if (kind === "a" && !f)
    throw new TypeError("Private accessor was defined without a getter");
  if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver))
    throw new TypeError("Cannot read private member from an object whose class did not declare it");
  return kind === "m" ? f : kind === "a" ? f.call(receiver) : f ? f.value : state.get(receiver);
}

// node_modules/@anthropic-ai/sdk/tools/agent-toolset/node.mjs
import * as fs3 from "node:fs/promises";
import * as fssync from "node:fs";
import * as path2 from "node:path";
import * as cp from "node:child_process";
import * as readline from "node:readline";
import { once } from "node:events";
import { Worker } from "node:worker_threads";

// node_modules/@anthropic-ai/sdk/core/error.mjs
var AnthropicError = /* @__PURE__ */ (() => {
  class AnthropicError2 extends Error {
    /** @internal */
    constructor(message, options) {
      super(message, options);
      Object.defineProperty(this, "name", { value: new.target._errorName, writable: true, configurable: true });
    }
  }
  AnthropicError2._errorName = "AnthropicError";
  return AnthropicError2;
})();

// node_modules/@anthropic-ai/sdk/internal/utils/env.mjs
var readEnv = (env) => {
  if (typeof globalThis.process !== "undefined") {
    return globalThis.process.env?.[env]?.trim() || void 0;
  }
  if (typeof globalThis.Deno !== "undefined") {
    return globalThis.Deno.env?.get?.(env)?.trim() || void 0;
  }
  return void 0;
};

// node_modules/@anthropic-ai/sdk/internal/utils/abort.mjs
function linkAbort(external, controller) {
  if (!external)
    return () => {
    };
  if (external.aborted) {
    controller.abort();
    return () => {
    };
  }
  const onAbort = () => controller.abort();
  external.addEventListener("abort", onAbort);
  return () => external.removeEventListener("abort", onAbort);
}

// node_modules/@anthropic-ai/sdk/internal/utils/async-queue.mjs
var _AsyncQueue_items;
var _AsyncQueue_waiters;
var _AsyncQueue_closed;
var AsyncQueue = /* @__PURE__ */ (() => {
  class AsyncQueue2 {
    constructor() {
      _AsyncQueue_items.set(this, []);
      _AsyncQueue_waiters.set(this, []);
      _AsyncQueue_closed.set(this, false);
    }
    /** Enqueue an item, or hand it directly to a waiting reader. Returns `false` once closed. */
    push(item) {
      if (__classPrivateFieldGet(this, _AsyncQueue_closed, "f"))
        return false;
      const w = __classPrivateFieldGet(this, _AsyncQueue_waiters, "f").shift();
      if (w)
        w({ done: false, value: item });
      else
        __classPrivateFieldGet(this, _AsyncQueue_items, "f").push(item);
      return true;
    }
    /** Mark the queue done. Idempotent; wakes every pending reader with `done: true`. */
    close() {
      if (__classPrivateFieldGet(this, _AsyncQueue_closed, "f"))
        return;
      __classPrivateFieldSet(this, _AsyncQueue_closed, true, "f");
      while (__classPrivateFieldGet(this, _AsyncQueue_waiters, "f").length > 0) {
        const w = __classPrivateFieldGet(this, _AsyncQueue_waiters, "f").shift();
        w({ done: true, value: void 0 });
      }
    }
    /**
     * Resolve with the next item, or `done: true` once the queue is closed and
     * drained. When `signal` is supplied, aborting it resolves a pending read
     * with `done: true` (cancellation is pushed down here rather than handled by
     * an outer `Promise.race`).
     */
    next(signal) {
      if (__classPrivateFieldGet(this, _AsyncQueue_items, "f").length > 0) {
        return Promise.resolve({ done: false, value: __classPrivateFieldGet(this, _AsyncQueue_items, "f").shift() });
      }
      if (__classPrivateFieldGet(this, _AsyncQueue_closed, "f") || signal?.aborted) {
        return Promise.resolve({ done: true, value: void 0 });
      }
      return new Promise((resolve2) => {
        const waiter = (r) => {
          signal?.removeEventListener("abort", onAbort);
          resolve2(r);
        };
        const onAbort = () => {
          const idx = __classPrivateFieldGet(this, _AsyncQueue_waiters, "f").indexOf(waiter);
          if (idx >= 0)
            __classPrivateFieldGet(this, _AsyncQueue_waiters, "f").splice(idx, 1);
          resolve2({ done: true, value: void 0 });
        };
        __classPrivateFieldGet(this, _AsyncQueue_waiters, "f").push(waiter);
        signal?.addEventListener("abort", onAbort, { once: true });
      });
    }
    /** Synchronously remove and return the next buffered item, or `undefined` if empty. */
    tryShift() {
      return __classPrivateFieldGet(this, _AsyncQueue_items, "f").shift();
    }
  }
  _AsyncQueue_items = /* @__PURE__ */ new WeakMap(), _AsyncQueue_waiters = /* @__PURE__ */ new WeakMap(), _AsyncQueue_closed = /* @__PURE__ */ new WeakMap();
  return AsyncQueue2;
})();

// node_modules/@anthropic-ai/sdk/internal/utils/promise.mjs
function promiseWithResolvers() {
  let resolve2;
  let reject;
  const promise = new Promise((res, rej) => {
    resolve2 = res;
    reject = rej;
  });
  return { promise, resolve: resolve2, reject };
}

// node_modules/@anthropic-ai/sdk/helpers/beta/json-schema.mjs
function betaTool(options) {
  const { name, inputSchema, description, run: run2, ...extraProps } = options;
  if (inputSchema.type !== "object") {
    throw new Error(`JSON schema for tool "${name}" must be an object, but got ${inputSchema.type}`);
  }
  return {
    ...extraProps,
    type: "custom",
    name,
    input_schema: inputSchema,
    description,
    run: run2,
    parse: (content) => content
  };
}

// node_modules/@anthropic-ai/sdk/tools/agent-toolset/fs-util.mjs
init_node();
var fs2 = fs.promises;
var DIR_CREATE_MODE = 448;
var FILE_CREATE_MODE = 384;
function isWithin(root, p) {
  const from = path.resolve(root);
  const to = path.resolve(p);
  return to === from || to.startsWith(from.endsWith(path.sep) ? from : from + path.sep);
}
function isWithinAnyCase(root, p) {
  const rel = path.relative(root, p);
  return rel === "" || !rel.startsWith(".." + path.sep) && rel !== ".." && !path.isAbsolute(rel);
}
function isWithinFolded(root, p) {
  return isWithin(root.toLowerCase().normalize("NFC"), p.toLowerCase().normalize("NFC"));
}
async function containingRoot(roots, target, contains = isWithin) {
  for (const root of roots) {
    if (contains(await canonicalize(path.resolve(root)), target))
      return root;
  }
  return void 0;
}
var MAX_SYMLINK_HOPS = 40;
function errnoCode(err) {
  const code = err?.code;
  return typeof code === "string" ? code : void 0;
}
async function canonicalize(abs) {
  const tail = [];
  let prefix = abs;
  let hops = 0;
  for (; ; ) {
    let real;
    try {
      real = await fs2.realpath(prefix);
    } catch (realpathErr) {
      let isLink;
      try {
        isLink = (await fs2.lstat(prefix)).isSymbolicLink();
      } catch (lstatErr) {
        const code = errnoCode(lstatErr);
        if (code !== "ENOENT" && code !== "ENOTDIR")
          throw lstatErr;
        const parent2 = path.dirname(prefix);
        if (parent2 === prefix)
          throw lstatErr;
        tail.push(path.basename(prefix));
        prefix = parent2;
        continue;
      }
      if (!isLink)
        throw realpathErr;
      if (++hops > MAX_SYMLINK_HOPS) {
        throw Object.assign(new Error("too many levels of symbolic links"), { code: "ELOOP" });
      }
      const parent = await fs2.realpath(path.dirname(prefix));
      prefix = path.resolve(parent, await fs2.readlink(prefix), ...tail.splice(0).reverse());
      continue;
    }
    return tail.length ? path.join(real, ...tail.reverse()) : real;
  }
}
async function confineToRoot(root, p, opts) {
  const allowedRoots = opts?.allowedRoots ?? [];
  const realRoot = await canonicalize(path.resolve(root));
  let real;
  try {
    real = await canonicalize(path.resolve(realRoot, p));
  } catch (err) {
    throw new ToolError(fsErrorMessage(err, `path ${JSON.stringify(p)}`));
  }
  if (isWithin(realRoot, real) || await containingRoot(allowedRoots, real) !== void 0) {
    return real;
  }
  const permitted = allowedRoots.length ? "the session's working directory and its other permitted directories" : "the session's working directory";
  throw new ToolError(`path ${JSON.stringify(p)} is outside ${permitted}`);
}
async function atomicWriteFile(targetPath, content) {
  const dir = path.dirname(targetPath);
  const tempPath = path.join(dir, `.tmp-${process.pid}-${crypto.randomUUID()}`);
  const existingMode = await fs2.stat(targetPath).then((st) => st.mode & 511, () => void 0);
  let handle;
  try {
    handle = await fs2.open(tempPath, "wx", FILE_CREATE_MODE);
    if (existingMode !== void 0)
      await handle.chmod(existingMode);
    await handle.writeFile(content, "utf-8");
    await handle.sync();
    await handle.close();
    handle = void 0;
    await fs2.rename(tempPath, targetPath);
  } catch (err) {
    if (handle)
      await handle.close().catch(() => {
      });
    await fs2.unlink(tempPath).catch(() => {
    });
    throw err;
  }
}
function fsErrorMessage(err, file) {
  const code = errnoCode(err);
  switch (code) {
    case "ENOENT":
      return `${file}: no such file or directory`;
    case "EACCES":
    case "EPERM":
      return `${file}: permission denied`;
    case "ENOTDIR":
      return `${file}: not a directory`;
    case "EISDIR":
      return `${file}: is a directory`;
    case "ELOOP":
      return `${file}: too many levels of symbolic links`;
    case "ENAMETOOLONG":
      return `${file}: file name too long`;
    case "ENOSPC":
      return `${file}: no space left on device`;
    case "EMFILE":
    case "ENFILE":
      return `${file}: too many open files`;
    default:
      return `${file}: ${code !== void 0 ? `i/o error (${code})` : "i/o error"}`;
  }
}
async function findExecutable(name, notInside = [], searchPath = readEnv("PATH") ?? "") {
  for (const dir of absolutePathEntries(searchPath)) {
    const candidate = path.join(dir, name);
    try {
      await fs2.access(candidate, fs.constants.X_OK);
      if (!(await fs2.stat(candidate)).isFile())
        continue;
      if (notInside.length === 0)
        return candidate;
      const real = await fs2.realpath(candidate);
      if (await containingRoot(notInside, real, isWithinFolded) === void 0)
        return real;
    } catch {
    }
  }
  return null;
}
function absolutePathEntries(searchPath) {
  return searchPath.split(path.delimiter).filter((dir) => path.isAbsolute(dir) && path.resolve(dir) === path.join(dir, "."));
}
function scrubbedShellEnv() {
  const env = {};
  for (const [key, value] of Object.entries(process.env)) {
    if (key.toUpperCase().startsWith("ANTHROPIC_"))
      continue;
    env[key] = value;
  }
  return env;
}

// node_modules/@anthropic-ai/sdk/tools/agent-toolset/node.mjs
var _LineRangeCollector_instances;
var _LineRangeCollector_filePath;
var _LineRangeCollector_startLine;
var _LineRangeCollector_endLine;
var _LineRangeCollector_start;
var _LineRangeCollector_end;
var _LineRangeCollector_limit;
var _LineRangeCollector_line;
var _LineRangeCollector_collected;
var _LineRangeCollector_collectedBytes;
var _LineRangeCollector_collect;
var _LineRangeCollector_overLimitError;
var BASH_OUTPUT_LIMIT = 100 * 1024;
var DEFAULT_MAX_FILE_BYTES = 256 * 1024;
var READ_STREAM_CHUNK_BYTES = 64 * 1024;
var NEWLINE = Buffer.from("\n");
var GREP_OUTPUT_LIMIT = 100 * 1024;
var GREP_TIMEOUT_MS = 6e4;
var GREP_MAX_LINE_LENGTH = 2e3;
var GREP_BATCH_LINES = 1e3;
var GREP_MAX_SEARCHES = 4;
var GLOB_RESULT_LIMIT = 200;
var fsGlob = fs3.glob;
function resolveMaxBytes(configured2) {
  return configured2 === void 0 ? DEFAULT_MAX_FILE_BYTES : configured2;
}
function rejectUnrestrictedPaths(value) {
  if (value === void 0)
    return;
  throw new AnthropicError("The `unrestrictedPaths` option you passed to the agent toolset (AgentToolContext) is no longer supported. The toolset's file tools (read, write, edit, glob, grep) are now always confined to the working directory plus the directories listed in `allowedRoots`. Remove `unrestrictedPaths` from your context; to let the file tools reach any other directory, add it to `allowedRoots`.");
}
async function resolvePath(ctx, p) {
  rejectUnrestrictedPaths(ctx.unrestrictedPaths);
  return confineToRoot(ctx.workdir, p, { allowedRoots: ctx.allowedRoots ?? [] });
}
function readOnlyRootFor(ctx, target) {
  return containingRoot(ctx.readOnlyRoots ?? [], target, isWithinAnyCase);
}
function betaReadTool(ctx) {
  rejectUnrestrictedPaths(ctx.unrestrictedPaths);
  return betaTool({
    name: "read",
    description: "Read a UTF-8 text file relative to the workdir.",
    inputSchema: {
      type: "object",
      properties: {
        file_path: { type: "string" },
        view_range: {
          type: "array",
          items: { type: "integer" },
          description: "[start_line, end_line] 1-indexed inclusive"
        }
      },
      required: ["file_path"]
    },
    run: async ({ file_path, view_range }) => {
      if (!file_path)
        throw new ToolError("read: file_path is required");
      const abs = await resolvePath(ctx, file_path);
      if (view_range?.length && view_range.length !== 2) {
        throw new ToolError("read: view_range must be [start_line, end_line]");
      }
      let data;
      try {
        const st = await fs3.stat(abs);
        if (!st.isFile()) {
          throw new ToolError(`read: ${file_path} is not a regular file`);
        }
        const limit = resolveMaxBytes(ctx.maxFileBytes);
        if (limit !== null && st.size > limit) {
          if (!view_range?.length) {
            throw new ToolError(`read: ${file_path} is ${st.size} bytes, exceeds ${limit}-byte limit. Use the view_range parameter to read specific line ranges, e.g. view_range: [1, 500].`);
          }
          const [startLine2, endLine2] = view_range;
          return await readRangeStreaming(abs, file_path, startLine2, endLine2, limit);
        }
        data = await fs3.readFile(abs, "utf8");
      } catch (e) {
        if (e instanceof ToolError)
          throw e;
        throw new ToolError(`read: ${fsErrorMessage(e, file_path)}`);
      }
      if (!view_range?.length)
        return data;
      const [startLine, endLine] = view_range;
      const lines = data.split("\n");
      const start = Math.max(0, startLine - 1);
      const end = endLine > 0 ? endLine : lines.length;
      return lines.slice(start, end).join("\n");
    }
  });
}
async function readRangeStreaming(abs, filePath, startLine, endLine, limit) {
  const lines = new LineRangeCollector(filePath, startLine, endLine, limit);
  if (lines.rangeIsEmpty())
    return "";
  const stream = fssync.createReadStream(abs, { highWaterMark: READ_STREAM_CHUNK_BYTES });
  try {
    for await (const chunk of stream) {
      lines.collectFrom(chunk);
      if (lines.rangeIsCollected())
        break;
    }
  } finally {
    stream.destroy();
  }
  return lines.text();
}
var LineRangeCollector = /* @__PURE__ */ (() => {
  class LineRangeCollector2 {
    constructor(filePath, startLine, endLine, limit) {
      _LineRangeCollector_instances.add(this);
      _LineRangeCollector_filePath.set(this, void 0);
      _LineRangeCollector_startLine.set(this, void 0);
      _LineRangeCollector_endLine.set(this, void 0);
      _LineRangeCollector_start.set(this, void 0);
      _LineRangeCollector_end.set(this, void 0);
      _LineRangeCollector_limit.set(this, void 0);
      _LineRangeCollector_line.set(this, 0);
      _LineRangeCollector_collected.set(this, []);
      _LineRangeCollector_collectedBytes.set(this, 0);
      __classPrivateFieldSet(this, _LineRangeCollector_filePath, filePath, "f");
      __classPrivateFieldSet(this, _LineRangeCollector_startLine, startLine, "f");
      __classPrivateFieldSet(this, _LineRangeCollector_endLine, endLine, "f");
      __classPrivateFieldSet(this, _LineRangeCollector_start, Math.max(0, startLine - 1), "f");
      __classPrivateFieldSet(this, _LineRangeCollector_end, endLine > 0 ? endLine : Infinity, "f");
      __classPrivateFieldSet(this, _LineRangeCollector_limit, limit, "f");
    }
    rangeIsEmpty() {
      return __classPrivateFieldGet(this, _LineRangeCollector_end, "f") <= __classPrivateFieldGet(this, _LineRangeCollector_start, "f");
    }
    rangeIsCollected() {
      return __classPrivateFieldGet(this, _LineRangeCollector_line, "f") >= __classPrivateFieldGet(this, _LineRangeCollector_end, "f");
    }
    collectFrom(chunk) {
      var _a;
      let lineStart = 0;
      while (lineStart < chunk.length && !this.rangeIsCollected()) {
        const newline = chunk.indexOf(10, lineStart);
        const lineEnd = newline < 0 ? chunk.length : newline;
        if (__classPrivateFieldGet(this, _LineRangeCollector_line, "f") >= __classPrivateFieldGet(this, _LineRangeCollector_start, "f")) {
          __classPrivateFieldGet(this, _LineRangeCollector_instances, "m", _LineRangeCollector_collect).call(this, chunk.subarray(lineStart, lineEnd), newline >= 0);
        }
        if (newline < 0)
          break;
        __classPrivateFieldSet(this, _LineRangeCollector_line, (_a = __classPrivateFieldGet(this, _LineRangeCollector_line, "f"), _a++, _a), "f");
        lineStart = newline + 1;
      }
    }
    text() {
      return Buffer.concat(__classPrivateFieldGet(this, _LineRangeCollector_collected, "f"), __classPrivateFieldGet(this, _LineRangeCollector_collectedBytes, "f")).toString("utf8");
    }
  }
  _LineRangeCollector_filePath = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_startLine = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_endLine = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_start = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_end = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_limit = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_line = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_collected = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_collectedBytes = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_instances = /* @__PURE__ */ new WeakSet(), _LineRangeCollector_collect = function _LineRangeCollector_collect2(lineBytes, newlineTerminated) {
    __classPrivateFieldGet(this, _LineRangeCollector_collected, "f").push(lineBytes);
    __classPrivateFieldSet(this, _LineRangeCollector_collectedBytes, __classPrivateFieldGet(this, _LineRangeCollector_collectedBytes, "f") + lineBytes.length, "f");
    if (newlineTerminated && __classPrivateFieldGet(this, _LineRangeCollector_line, "f") + 1 < __classPrivateFieldGet(this, _LineRangeCollector_end, "f")) {
      __classPrivateFieldGet(this, _LineRangeCollector_collected, "f").push(NEWLINE);
      __classPrivateFieldSet(this, _LineRangeCollector_collectedBytes, __classPrivateFieldGet(this, _LineRangeCollector_collectedBytes, "f") + NEWLINE.length, "f");
    }
    if (__classPrivateFieldGet(this, _LineRangeCollector_collectedBytes, "f") > __classPrivateFieldGet(this, _LineRangeCollector_limit, "f"))
      throw __classPrivateFieldGet(this, _LineRangeCollector_instances, "m", _LineRangeCollector_overLimitError).call(this);
  }, _LineRangeCollector_overLimitError = function _LineRangeCollector_overLimitError2() {
    if (__classPrivateFieldGet(this, _LineRangeCollector_end, "f") - __classPrivateFieldGet(this, _LineRangeCollector_start, "f") === 1) {
      return new ToolError(`read: line ${__classPrivateFieldGet(this, _LineRangeCollector_start, "f") + 1} of ${__classPrivateFieldGet(this, _LineRangeCollector_filePath, "f")} alone exceeds ${__classPrivateFieldGet(this, _LineRangeCollector_limit, "f")}-byte limit. The read tool cannot return part of a line, so view_range cannot narrow this further.`);
    }
    return new ToolError(`read: view_range [${__classPrivateFieldGet(this, _LineRangeCollector_startLine, "f")}, ${__classPrivateFieldGet(this, _LineRangeCollector_endLine, "f")}] of ${__classPrivateFieldGet(this, _LineRangeCollector_filePath, "f")} exceeds ${__classPrivateFieldGet(this, _LineRangeCollector_limit, "f")}-byte limit. Narrow the view_range to read a smaller portion.`);
  };
  return LineRangeCollector2;
})();
function betaWriteTool(ctx) {
  rejectUnrestrictedPaths(ctx.unrestrictedPaths);
  return betaTool({
    name: "write",
    description: "Write a UTF-8 text file relative to the workdir, creating parent directories as needed.",
    inputSchema: {
      type: "object",
      properties: { file_path: { type: "string" }, content: { type: "string" } },
      required: ["file_path", "content"]
    },
    run: async ({ file_path, content }) => {
      if (!file_path)
        throw new ToolError("write: file_path is required");
      const abs = await resolvePath(ctx, file_path);
      const ro = await readOnlyRootFor(ctx, abs);
      if (ro !== void 0) {
        throw new ToolError(`write: ${file_path} is inside read-only directory ${ro}`);
      }
      try {
        await fs3.mkdir(path2.dirname(abs), { recursive: true, mode: DIR_CREATE_MODE });
        await atomicWriteFile(abs, content ?? "");
      } catch (e) {
        throw new ToolError(`write: ${fsErrorMessage(e, file_path)}`);
      }
      return `wrote ${Buffer.byteLength(content ?? "")} bytes to ${file_path}`;
    }
  });
}
function patternCanAscend(pattern) {
  return pattern.split(/[\\/{},]/).includes("..");
}
function betaGlobTool(ctx) {
  rejectUnrestrictedPaths(ctx.unrestrictedPaths);
  return betaTool({
    name: "glob",
    description: "Match files under the workdir against a glob pattern. Results are mtime-sorted, newest first.",
    inputSchema: {
      type: "object",
      properties: {
        pattern: { type: "string" },
        path: { type: "string", description: "Directory to search in. Defaults to the workdir." }
      },
      required: ["pattern"]
    },
    run: async ({ pattern, path: searchPath }) => {
      if (!pattern)
        throw new ToolError("glob: pattern is required");
      if (path2.isAbsolute(pattern)) {
        throw new ToolError("glob: absolute pattern not permitted; pass a relative pattern (and optionally path)");
      }
      if (patternCanAscend(pattern)) {
        throw new ToolError('glob: ".." is not permitted in the pattern');
      }
      const root = searchPath ? await resolvePath(ctx, searchPath) : path2.resolve(ctx.workdir);
      const realRoot = searchPath ? root : await canonicalize(root);
      const matches3 = [];
      let remaining = WALK_MAX_ENTRIES;
      try {
        for await (const entry2 of fsGlob(pattern, {
          cwd: root,
          withFileTypes: true,
          exclude: (d) => d.name === ".git" || d.name === "node_modules"
        })) {
          if (remaining-- <= 0)
            break;
          if (!entry2.isFile())
            continue;
          const full = path2.join(entry2.parentPath, entry2.name);
          let real;
          try {
            real = await fs3.realpath(full);
          } catch {
            continue;
          }
          if (!isWithin(realRoot, real))
            continue;
          let mtime = 0;
          try {
            mtime = (await fs3.stat(full)).mtimeMs;
          } catch {
          }
          matches3.push({ path: full, mtime });
        }
      } catch (e) {
        throw new ToolError(`glob: ${e instanceof Error ? e.message : String(e)}`);
      }
      if (matches3.length === 0)
        return "no matches";
      matches3.sort((a, b) => b.mtime - a.mtime);
      return matches3.slice(0, GLOB_RESULT_LIMIT).map((m) => m.path).join("\n");
    }
  });
}
function betaGrepTool(ctx) {
  rejectUnrestrictedPaths(ctx.unrestrictedPaths);
  return betaTool({
    name: "grep",
    description: "Search file contents for a regex. Uses ripgrep if available, otherwise a built-in walker.",
    inputSchema: {
      type: "object",
      properties: { pattern: { type: "string" }, path: { type: "string" } },
      required: ["pattern"]
    },
    run: async ({ pattern, path: p }, context) => {
      if (!pattern)
        throw new ToolError("grep: pattern is required");
      let searchPath = path2.resolve(ctx.workdir);
      if (p)
        searchPath = await resolvePath(ctx, p);
      const rg = await findExecutable("rg", [ctx.workdir, ...ctx.allowedRoots ?? []]);
      return rg ? runRipgrep(rg, pattern, searchPath, context?.signal) : runWalkGrep(pattern, searchPath, context?.signal);
    }
  });
}
function runRipgrep(rg, pattern, searchPath, signal) {
  return new Promise((resolve2, reject) => {
    const proc = cp.spawn(rg, ["--no-config", "-n", "--no-heading", "-e", pattern, "--", searchPath], {
      // A link called `rg` may lead to a program that goes by the name it was started under.
      argv0: "rg",
      env: scrubbedShellEnv(),
      ...signal ? { signal } : {}
    });
    let out = "";
    let errOut = "";
    let truncated = false;
    proc.stdout.on("data", (d) => {
      if (truncated)
        return;
      out += d;
      if (out.length > GREP_OUTPUT_LIMIT) {
        truncated = true;
        out = out.slice(0, GREP_OUTPUT_LIMIT);
        proc.kill("SIGKILL");
      }
    });
    proc.stderr.on("data", (d) => errOut += d);
    proc.on("close", (code) => {
      if (signal?.aborted)
        return reject(new ToolError("grep: aborted"));
      if (truncated)
        return resolve2(out + `
[output truncated at ${GREP_OUTPUT_LIMIT} bytes]`);
      if (code === 0)
        return resolve2(out);
      if (code === 1)
        return resolve2("no matches");
      reject(new ToolError(`grep: rg failed: ${errOut || `exit ${code}`}`));
    });
    proc.on("error", (e) => {
      if (signal?.aborted)
        return reject(new ToolError("grep: aborted"));
      reject(new ToolError(`grep: rg failed: ${e.message}`));
    });
  });
}
var grepSlots = new AsyncQueue();
for (let i = 0; i < GREP_MAX_SEARCHES; i++)
  grepSlots.push();
async function runWalkGrep(pattern, root, signal) {
  let re;
  try {
    re = new RegExp(pattern);
  } catch (e) {
    throw new ToolError(`grep: invalid regex: ${e instanceof Error ? e.message : String(e)}`);
  }
  if (signal?.aborted)
    throw new ToolError("grep: aborted");
  const { done } = await grepSlots.next(signal ?? void 0);
  if (done)
    throw new ToolError("grep: aborted");
  const hits = [];
  let budget = GREP_OUTPUT_LIMIT;
  const push = (line) => {
    budget -= line.length + 1;
    if (budget < 0) {
      hits.push(`[output truncated at ${GREP_OUTPUT_LIMIT} bytes]`);
      return false;
    }
    hits.push(line);
    return true;
  };
  const stop = new AbortController();
  const unlink = linkAbort(signal, stop);
  const timer = setTimeout(() => stop.abort(), GREP_TIMEOUT_MS);
  const match = lineMatcher(re, stop.signal);
  const grepPath = (rel) => grepFile(path2.join(root, rel), match, push, stop.signal);
  const search = async () => {
    const stat3 = await fs3.stat(root).catch(() => null);
    return stat3?.isFile() ? grepPath("") : walk(root, "", grepPath, stop.signal);
  };
  try {
    await Promise.race([search(), once(stop.signal, "abort")]);
    if (signal?.aborted)
      throw new ToolError("grep: aborted");
    if (stop.signal.aborted) {
      if (hits.length === 0)
        throw new ToolError(`grep: timed out after ${GREP_TIMEOUT_MS / 1e3}s`);
      hits.push(`[the search was cut short after ${GREP_TIMEOUT_MS} ms]`);
    }
  } finally {
    clearTimeout(timer);
    unlink();
    stop.abort();
    grepSlots.push();
  }
  if (hits.length === 0)
    return "no matches";
  return hits.join("\n");
}
async function grepFile(file, match, push, signal) {
  const stream = fssync.createReadStream(file, { encoding: "utf8" });
  stream.on("error", () => {
  });
  const rl = readline.createInterface({ input: stream, crlfDelay: Infinity, signal });
  stream.on("data", (chunk) => {
    if (chunk.includes("\0"))
      rl.close();
  });
  try {
    for await (const { numbers, lines } of lineBatches(rl)) {
      const matched = await match(lines);
      for (const [i, line] of lines.entries()) {
        if (matched[i] && !push(`${file}:${numbers[i]}:${line}`))
          return false;
      }
      if (matched.length < lines.length)
        break;
    }
  } finally {
    rl.close();
    stream.destroy();
  }
  return true;
}
async function* lineBatches(input) {
  let i = 0;
  let numbers = [];
  let lines = [];
  try {
    for await (const line of input) {
      i++;
      if (line.length > GREP_MAX_LINE_LENGTH)
        continue;
      numbers.push(i);
      if (lines.push(line) < GREP_BATCH_LINES)
        continue;
      yield { numbers, lines };
      numbers = [];
      lines = [];
    }
  } catch {
  }
  if (lines.length > 0)
    yield { numbers, lines };
}
function lineMatcher(re, signal) {
  let reply = promiseWithResolvers();
  const fail = (cause) => {
    reply.promise.catch(() => {
    });
    reply.reject(Object.assign(new ToolError(`grep: search failed: ${cause.message}`), { cause }));
  };
  const start = async () => {
    try {
      const worker = new Worker(GREP_WORKER_SOURCE, {
        eval: true,
        workerData: re.source,
        // keep this process's credentials and preloads out of the thread
        env: {},
        execArgv: [],
        // otherwise a thread that can't start leaks listeners on this process's streams
        stdout: true,
        stderr: true,
        // the default stack is smaller than the main thread's, and V8 crashes compiling a deeply nested regex on it
        resourceLimits: { stackSizeMb: 8 }
      });
      signal.addEventListener("abort", () => void worker.terminate(), { once: true });
      worker.on("message", (matched) => {
        reply.resolve(matched);
        reply = promiseWithResolvers();
      });
      worker.on("error", fail);
      worker.on("exit", (code) => fail(new AnthropicError(`worker exited with code ${code}`)));
      await reply.promise;
      return worker;
    } catch {
      return null;
    }
  };
  let starting;
  return async (lines) => {
    if (signal.aborted)
      return [];
    const worker = await (starting ?? (starting = start()));
    if (signal.aborted)
      return [];
    if (worker) {
      worker.postMessage(lines);
      return reply.promise;
    }
    const matched = [];
    try {
      for (const line of lines)
        matched.push(re.test(line));
    } catch {
    }
    return matched;
  };
}
var GREP_WORKER_SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
let re;
parentPort.on('message', (lines) => {
  re ??= new RegExp(workerData);
  const matched = [];
  try {
    for (const line of lines) matched.push(re.test(line));
  } catch {}
  parentPort.postMessage(matched);
});
parentPort.postMessage([]);
`;
var WALK_MAX_DEPTH = 40;
var WALK_MAX_ENTRIES = 5e4;
async function walk(root, rel, fn, signal) {
  let remaining = WALK_MAX_ENTRIES;
  async function inner(rel2, depth) {
    if (depth > WALK_MAX_DEPTH)
      return true;
    if (signal?.aborted)
      return false;
    let entries;
    try {
      entries = await fs3.readdir(path2.join(root, rel2), { withFileTypes: true });
    } catch {
      return true;
    }
    for (const e of entries) {
      if (e.name === ".git" || e.name === "node_modules")
        continue;
      if (remaining-- <= 0)
        return false;
      if (signal?.aborted)
        return false;
      const childRel = rel2 ? path2.join(rel2, e.name) : e.name;
      if (e.isDirectory()) {
        if (!await inner(childRel, depth + 1))
          return false;
      } else if (e.isFile()) {
        if (await fn(childRel) === false)
          return false;
      }
    }
    return true;
  }
  await inner(rel, 0);
}

// core/model/tail.ts
var OUTPUT_LIMIT = 3e4;
var cutMiddle = (text2, limit) => {
  if (text2.length <= limit) return text2;
  const half = Math.floor(limit / 2);
  const missing = text2.length - 2 * half;
  return `${text2.slice(0, half)}
[${missing} characters left out]
${text2.slice(-half)}`.toWellFormed();
};

// action/tools/edit.ts
import { isUtf8 } from "node:buffer";
import { randomBytes } from "node:crypto";
import { chmod, readFile as readFile2, rename, rm, stat as stat2, writeFile } from "node:fs/promises";
import { dirname as dirname2, join as join2 } from "node:path";
var MOST_BYTES2 = 2 * 1024 * 1024;
var editFile = async (path3, name, edit) => {
  if (edit.old_string === "") throw new Error("edit: old_string is required");
  if (!edit.old_string.isWellFormed() || !edit.new_string.isWellFormed())
    throw new Error("edit: old_string or new_string holds half a letter");
  const { mode } = await regularFile(path3, name);
  const before = await readFile2(path3);
  const { text: text2, count } = replaced(before.toString("latin1"), { edit, isText: isUtf8(before), name });
  const beside = join2(dirname2(path3), `.${randomBytes(12).toString("hex")}`);
  try {
    await writeFile(beside, text2, { encoding: "latin1", flag: "wx" });
    await chmod(beside, mode);
    await rename(beside, path3);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => void 0);
    throw new Error(`edit: write: ${errorText(error)}`);
  }
  return `edited ${name} (${count} replacement(s))`;
};
var regularFile = async (path3, name) => {
  const found = await stat2(path3).catch((error) => {
    throw new Error(`edit: ${name}: ${errorText(error)}`);
  });
  if (!found.isFile()) throw new Error(`edit: ${name} is not a regular file`);
  if (found.size > MOST_BYTES2)
    throw new Error(
      `edit: ${name} has ${found.size} bytes and an edit takes ${MOST_BYTES2} at most. Change it with a command.`
    );
  return { mode: found.mode & 4095 };
};
var replaced = (before, { edit, isText, name }) => {
  const ends = endsOf(before);
  const [old, fresh] = [edit.old_string, edit.new_string].map(
    (text2) => Buffer.from(ends(text2), "utf8").toString("latin1")
  );
  const parts = before.split(old);
  const count = parts.length - 1;
  const other = isText ? "" : `. ${name} is not UTF-8: only what is ASCII can be named in an edit`;
  if (count === 0)
    throw new Error(`edit: old_string not found in ${name}${other}${numbersIn(edit.old_string)}`);
  if (count > 1 && edit.replace_all !== true)
    throw new Error(`edit: old_string appears ${count} times in ${name} (must be unique)`);
  if (!isText && !/^[\x00-\x7f]*$/.test(fresh))
    throw new Error(
      `edit: ${name} is not UTF-8, and new_string has letters beyond ASCII. Change it with a command, in its own encoding.`
    );
  const bytes2 = before.length + count * (fresh.length - old.length);
  if (bytes2 > MOST_BYTES2)
    throw new Error(`edit: ${name} would have ${bytes2} bytes and an edit makes ${MOST_BYTES2} at most`);
  return { text: parts.join(fresh), count };
};
var numbersIn = (text2) => text2.split("\n").every((line) => line === "" || /^ *\d+\t/.test(line)) ? ". The numbers before the lines are not in the file: leave them out" : "";
var endsOf = (before) => before.includes("\r\n") && !/(?:^|[^\r])\n/.test(before) ? (text2) => text2.replace(/\r?\n/g, "\r\n") : (text2) => text2;
var errorText = (error) => error instanceof Error ? error.code ?? error.message : String(error);

// action/tools/files.ts
var READ_BYTES = 100 * 1024;
var createFileTools = ({
  work,
  tmp
}) => {
  const context = {
    workdir: work,
    allowedRoots: [tmp],
    // `.git` is absent because a command may have made it a link to anywhere; the path rules protect it.
    readOnlyRoots: [`${work}/.github`],
    // guard: read-only-roots
    env: {}
  };
  const tools = {
    read: betaReadTool({ ...context, maxFileBytes: READ_BYTES }),
    write: betaWriteTool(context),
    glob: betaGlobTool(context),
    grep: betaGrepTool(context)
  };
  return {
    call: async (name, input, signal) => {
      if (name === "edit") {
        const edit = input;
        return {
          content: await editFile(await resolvePath(context, edit.file_path), edit.file_path, edit),
          is_error: false
        };
      }
      const toolUse = { type: "tool_use", id: "", name, input };
      const run2 = runRunnableTool(tools[name], input, { toolUse, toolUseBlock: toolUse, signal });
      const outcome = await Promise.race([run2, aborted(signal)]);
      if (outcome === null) return { content: "interrupted", is_error: true };
      const text2 = typeof outcome.content === "string" ? outcome.content : JSON.stringify(outcome.content);
      if (name === "read" && !outcome.isError) return { content: numbered(text2, input), is_error: false };
      return { content: presented(name, text2, work), is_error: outcome.isError };
    },
    relative: async (path3) => {
      const local = relative(work, await resolvePath(context, path3));
      return local.startsWith("../") && !relative(tmp, join3(work, local)).startsWith("..") ? null : local;
    }
  };
};
var aborted = (signal) => new Promise((resolve2) => {
  if (signal.aborted) resolve2(null);
  signal.addEventListener("abort", () => resolve2(null), { once: true });
});
var numbered = (text2, input) => {
  if (text2 === "") return text2;
  const [first = 1] = input.view_range ?? [];
  const from = Math.max(first, 1);
  const lines = text2.toWellFormed().replace(/\n$/, "").split("\n");
  return lines.map((line, index) => `${String(from + index).padStart(6)}	${line}`).join("\n");
};
var presented = (name, text2, work) => {
  if (name === "read") return text2.toWellFormed();
  if (name !== "glob" && name !== "grep") return text2;
  const local = text2.split("\n").map((line) => line.startsWith(`${work}/`) ? line.slice(work.length + 1) : line).join("\n");
  return cutMiddle(local.toWellFormed(), OUTPUT_LIMIT);
};

// action/tools/input.ts
var inputProblem = (input, schema) => {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    return "the input must be an object";
  for (const name of schema.required) if (!(name in input)) return `\`${name}\` is missing`;
  for (const [name, value] of Object.entries(input)) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : void 0;
    if (property !== void 0 && !fits2(value, property)) return `\`${name}\` must be ${describe(property)}`;
  }
  return null;
};
var fits2 = (value, property) => {
  switch (property.type) {
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return Number.isSafeInteger(value);
    case "array":
      return Array.isArray(value) && value.every((item) => fits2(item, property.items ?? {}));
    default:
      return true;
  }
};
var describe = (property) => property.type === "array" ? `an array of ${property.items?.type}s` : `a ${property.type}`;

// action/tools/file-call.ts
var createFilesService = ({ work, tmp, rules }) => {
  const places = { work, tmp };
  const files = createFileTools(places);
  return async ({ tool: tool2, input }, signal) => {
    try {
      const { content, ...outcome } = await call(tool2, input, signal);
      return { content: asInside(content, places), ...outcome };
    } catch (error) {
      return failed(asInside(error instanceof Error ? error.message : String(error), places));
    }
  };
  async function call(tool2, input, signal) {
    const refused = (
      // guard: permission-of-files, form-of-an-input
      permissionProblem(tool2, rules.scope.permission) ?? inputProblem(input, definition(tool2).input_schema)
    );
    if (refused !== null) return failed(`${tool2}: ${refused}`);
    let wrote;
    const local = fromShown(input, places);
    if (tool2 === "write" || tool2 === "edit") {
      const path3 = await files.relative(String(local.file_path));
      const problem = path3 === null ? null : pathProblem(path3, rules);
      if (problem !== null) return failed(`${tool2}: ${path3} was not changed: ${problem}`);
      wrote = path3 ?? void 0;
    }
    if (tool2 === "grep") await requireNoTrap(local.path);
    const outcome = await files.call(tool2, local, signal);
    return outcome.is_error ? outcome : { ...outcome, wrote };
  }
  async function requireNoTrap(path3) {
    const isScratch = typeof path3 === "string" && await files.relative(path3) === null;
    const trap = findSearchTrap(isScratch ? tmp : ".");
    if (trap === null) return;
    const name = `${isScratch ? `${SCRATCH}/` : ""}${trap.path.toString("utf8")}`;
    throw new Error(`grep: ${JSON.stringify(name)} would hold a search: ${trap.why}`);
  }
};
var failed = (content) => ({ content, is_error: true });
var definition = (tool2) => {
  const found = TOOLS.find(({ name }) => name === tool2);
  if (found === void 0) throw new Error(`there is no tool ${tool2}`);
  return found;
};
var fromShown = (fields, { work, tmp }) => work === WORK ? fields : Object.fromEntries(
  Object.entries(fields).map(([name, value]) => [
    name,
    ["file_path", "path"].includes(name) && typeof value === "string" ? value.replace(/^\/(work|tmp)(?=\/|$)/, (_, place) => ({ work, tmp })[place]) : value
  ])
);

// action/tools/ledger.ts
import { execFile } from "node:child_process";
import { copyFile, mkdir as mkdir2, readdir as readdir2, rm as rm5, utimes, writeFile as writeFile2 } from "node:fs/promises";
import { dirname as dirname4, join as join8 } from "node:path";
import { promisify } from "node:util";

// action/workbench/git.ts
import { spawn as spawn2 } from "node:child_process";
import { dirname as dirname3, join as join4 } from "node:path";

// core/model/error.ts
var KinError = class extends Error {
  code;
  hint;
  retryable;
  wait_ms;
  constructor(message, options) {
    super(message, options.cause === void 0 ? void 0 : { cause: options.cause });
    this.name = "KinError";
    this.code = options.code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.wait_ms = options.wait_ms ?? 0;
  }
};

// action/workbench/names.ts
import { isUtf8 as isUtf82 } from "node:buffer";
var nameOf = (bytes2) => isUtf82(bytes2) ? bytes2.toString("utf8") : bytes2.toString("latin1").replace(/[\x80-\xff]/g, (letter) => String.fromCharCode(56320 + letter.charCodeAt(0)));
var bytesOf = (name) => name.isWellFormed() ? Buffer.from(name, "utf8") : Buffer.concat(
  name.split(/((?<![\ud800-\udbff])[\udc80-\udcff]+)/).map(
    (part, index) => index % 2 === 0 ? Buffer.from(part, "utf8") : Buffer.from(Array.from(part, (letter) => letter.charCodeAt(0) - 56320))
  )
);

// action/workbench/git.ts
var SECONDS = 60;
var MOST_PRINTED = 256 * 1024 ** 2;
var CONFIG = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "core.untrackedCache": "false",
  "core.bare": "false",
  "core.autocrlf": "false",
  "core.safecrlf": "false",
  "core.symlinks": "true",
  "core.fileMode": "true",
  "core.ignoreCase": "false",
  "core.quotePath": "false",
  "core.excludesFile": "/dev/null",
  "core.attributesFile": "/dev/null",
  "core.sshCommand": "false",
  "core.askPass": "false",
  "core.pager": "cat",
  // A project may already have such names; `path-rules.ts` keeps new ones out.
  "core.protectHFS": "false",
  "core.protectNTFS": "false",
  "credential.helper": "",
  "protocol.allow": "never",
  "submodule.recurse": "false",
  "fetch.recurseSubmodules": "false",
  "fetch.fsckObjects": "false",
  "advice.detachedHead": "false",
  "gc.auto": "0",
  "maintenance.auto": "false"
};
var openGit = (options) => {
  const base = environment(options);
  const run2 = (args, given = {}) => execute(options.program, args, {
    ...given,
    cwd: given.workTree ?? options.dir,
    env: {
      ...base,
      ...configured({ ...CONFIG, ...given.config }),
      ...given.index === void 0 ? {} : { GIT_INDEX_FILE: given.index },
      ...given.workTree === void 0 ? {} : { GIT_WORK_TREE: given.workTree },
      ...given.env
    }
  });
  return { run: run2, text: async (args, given) => (await run2(args, given)).toString("utf8").trimEnd() };
};
var environment = (options) => ({
  PATH: [.../* @__PURE__ */ new Set([dirname3(options.program), "/usr/local/bin", "/usr/bin", "/bin"])].join(":"),
  HOME: "/nonexistent",
  // guard: no-home
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  // guard: no-configuration-of-the-machine
  GIT_CONFIG_GLOBAL: "/dev/null",
  // guard: no-configuration-of-a-user
  GIT_TERMINAL_PROMPT: "0",
  // guard: no-prompt
  GIT_ATTR_NOSYSTEM: "1",
  // guard: no-attributes-of-the-machine
  GIT_LITERAL_PATHSPECS: "1",
  // guard: literal-pathspecs
  GIT_OPTIONAL_LOCKS: "0",
  GIT_DIR: options.dir,
  ...options.objects === void 0 ? {} : {
    GIT_OBJECT_DIRECTORY: options.objects,
    // guard: objects-elsewhere
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join4(options.dir, "objects")
  }
});
var configured = (config) => {
  const entries = Object.entries(config);
  return Object.fromEntries([
    ["GIT_CONFIG_COUNT", String(entries.length)],
    ...entries.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${index}`, key],
      [`GIT_CONFIG_VALUE_${index}`, value]
    ])
  ]);
};
var execute = (program, args, options) => new Promise((resolve2, reject) => {
  const seconds = options.seconds ?? SECONDS;
  const child = spawn2(program, args, {
    cwd: options.cwd,
    env: { ...options.env },
    // guard: environment-of-git
    stdio: ["pipe", "pipe", "pipe"],
    timeout: seconds * 1e3,
    // guard: time-limit-of-git
    killSignal: "SIGKILL",
    ...options.signal ? { signal: options.signal } : {}
  });
  const stdout = [];
  const stderr = [];
  let printed = 0;
  let enough = false;
  child.stdout.on("data", (chunk) => {
    if (options.hear !== void 0) {
      if (enough || options.hear(chunk)) return;
      enough = true;
      child.kill("SIGKILL");
      return;
    }
    printed += chunk.length;
    if (printed <= MOST_PRINTED) stdout.push(chunk);
    else child.kill("SIGKILL");
  });
  child.stderr.on("data", (chunk) => {
    if (stderr.length < 1e3) stderr.push(chunk);
  });
  child.stdin.on("error", () => void 0);
  child.on("error", (error) => reject(failure(args, error.message, error)));
  child.on("close", (code, name) => {
    if (code === 0 || enough) return resolve2(Buffer.concat(stdout));
    const said = Buffer.concat(stderr).toString("utf8").trim();
    const limit = printed > MOST_PRINTED ? `${MOST_PRINTED / 1024 ** 2} MiB of output` : `${seconds} seconds`;
    const end = name === null ? `exit ${code}` : `it was ended by ${name}, its limit is ${limit}`;
    reject(failure(args, said || end));
  });
  child.stdin.end(options.input ?? "");
});
var failure = (args, message, cause) => new KinError(`git ${args[0]} failed: ${message.slice(0, 2e3)}`, {
  code: "git_failed",
  retryable: args[0] === "fetch",
  hint: args[0] === "fetch" ? "Check that the repository can be reached, that Kin may read its contents, and that the commit still exists." : "This is a fault of Kin's or of the disk; see the log of the run.",
  ...cause === void 0 ? {} : { cause }
});

// action/workbench/recorder.ts
import { isUtf8 as isUtf84 } from "node:buffer";
import { access, chmod as chmod3, constants, rm as rm3 } from "node:fs/promises";
import { join as join6 } from "node:path";

// core/model/patch/bytes.ts
var rawOf = (base64) => base64.length % 4 === 0 && BASE64.test(base64) ? atob(base64) : null;
var BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
var readRaw = (raw) => {
  const bytes2 = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at++) bytes2[at] = raw.charCodeAt(at);
  return readBytes(bytes2);
};
var readBytes = (bytes2) => UTF8.decode(bytes2);
var UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
var textOf = ({ content, encoding }) => content === null ? "" : encoding === "base64" ? readRaw(rawOf(content) ?? "") : content;
var bytesOf2 = ({ content, encoding }) => content === null ? 0 : encoding === "base64" ? Math.floor(content.length * 3 / 4) : new TextEncoder().encode(content).length;
var dataKind = (path3, raw) => DATA.find(({ file, begins }) => file.test(path3) && begins.test(raw))?.kind ?? null;
var ZIPPED = "zip|jar|war|ear|whl|egg|nupkg|apk|aar|epub|docx|xlsx|pptx|docm|xlsm|odt|ods|odp|xpi|vsix|sketch";
var DATA = [
  { kind: "seen", file: /\.a?png$/i, begins: /^\x89PNG\r\n.\n\0\0\0\rIHDR/ },
  { kind: "seen", file: /\.jpe?g$/i, begins: /^\xff\xd8\xff[\xc0-\xfe]/ },
  { kind: "seen", file: /\.gif$/i, begins: /^GIF8[79]a[\s\S]{6}\0/ },
  { kind: "seen", file: /\.(?:bmp|dib)$/i, begins: /^BM[\s\S]{4}\0{4}[\s\S]{2}\0\0[\s\S]\0\0\0/ },
  { kind: "seen", file: /\.webp$/i, begins: /^RIFF[\s\S]{4}WEBPVP8/ },
  { kind: "seen", file: /\.(?:ico|cur)$/i, begins: /^\0\0[^\0]\0[\s\S]\0/ },
  { kind: "seen", file: /\.(?:avif|heic|heif)$/i, begins: /^\0\0\0[\s\S]ftyp/ },
  { kind: "seen", file: /\.tiff?$/i, begins: /^(?:II\*\0|MM\0\*)/ },
  { kind: "seen", file: /\.icns$/i, begins: /^icns\0/ },
  { kind: "seen", file: /\.woff2?$/i, begins: /^wOF[F2](?:\0[^ -~]\0\0|OTTO|true)/ },
  { kind: "seen", file: /\.(?:ttf|otf|ttc)$/i, begins: /^(?:\0[^ -~]\0\0|OTTO|true|ttcf\0)/ },
  { kind: "opaque", file: new RegExp(`\\.(?:${ZIPPED})$`, "i"), begins: /^PK[^ -~]{2}/ },
  { kind: "opaque", file: /\.(?:gz|tgz|svgz)$/i, begins: /^[^ -~]\x8b[^ -~]/ },
  { kind: "opaque", file: /\.(?:bz2|tbz2?|xz|txz|zst|7z|lz4|br|rar|tar|crate|gem)$/i, begins: /^/ },
  { kind: "opaque", file: /\.(?:wasm|class|exe|dll|so|dylib|o|obj|a|lib|pyc|pdb)$/i, begins: /^(?!#!)/ },
  { kind: "opaque", file: /\.pdf$/i, begins: /^%PDF-\d/ },
  { kind: "opaque", file: /\.(?:mp[34]|m4[av]|wav|ogg|og[av]|opus|flac|webm|mov|avi|midi?)$/i, begins: /^/ },
  {
    kind: "opaque",
    file: /\.(?:bin|dat|data|raw|db|db3|sqlite3?|mdb|ldb|rdb|pack|idx|pcap|dmp)$/i,
    begins: /^/
  },
  { kind: "opaque", file: /\.(?:npy|npz|pb|onnx|parquet|avro|arrow|h5|hdf5|pkl|pt|mat|sav)$/i, begins: /^/ },
  {
    kind: "opaque",
    file: /\.(?:doc|xls|ppt|psd|xcf|blend|glb|fbx|mo|gmo|res|nib|eot|shp|dbf)$/i,
    begins: /^/
  },
  { kind: "opaque", file: /\.(?:der|cer|p12|pfx|jks|keystore|gpg|sig)$/i, begins: /^/ },
  // Programs read these as UTF-16.
  { kind: "opaque", file: /\.(?:rc|reg|inf|strings|txt|csv|sln)$/i, begins: /^(?:\xff\xfe|\xfe\xff)/ }
];

// core/model/patch/patch-rules.ts
var MAX_PATCH_BYTES = 1024 * 1024;
var MAX_FILE_BYTES = 1024 * 1024;
var MAX_PATCH_FILES = 100;
var MAX_PATCH_NAMES = 2e4;
var sizeProblem = (bytes2) => bytes2 > MAX_FILE_BYTES ? `it has ${bytes2} bytes and a file may have ${MAX_FILE_BYTES}; make it smaller or generate it in the build` : null;
var overLimit = (changes, earlier) => {
  const files = earlier.files + changes.length;
  const bytes2 = earlier.bytes + changes.reduce((sum, change) => sum + change.bytes, 0);
  const characters = earlier.characters + changes.reduce((sum, { path: path3 }) => sum + path3.length, 0);
  const why = `the patch would have ${files} files, ${bytes2} bytes and ${characters} characters of paths, and ${MAX_PATCH_FILES} files, ${MAX_PATCH_BYTES} bytes and ${MAX_PATCH_NAMES} characters are allowed; keep to what the task needs, and generate files where .gitignore names the place`;
  const refused = /* @__PURE__ */ new Map();
  let left = { files, bytes: bytes2, characters };
  for (const change of largestFirst(changes)) {
    const fits3 = left.files <= MAX_PATCH_FILES && left.bytes <= MAX_PATCH_BYTES && left.characters <= MAX_PATCH_NAMES;
    if (fits3) break;
    refused.set(change.path, `${why} (this file: ${change.bytes} bytes)`);
    left = {
      files: left.files - 1,
      bytes: left.bytes - change.bytes,
      characters: left.characters - change.path.length
    };
  }
  return refused;
};
var MAX_CANDIDATES = 1e3;
var crowdProblem = (index, count) => index < MAX_CANDIDATES ? null : `${count} files changed at once; generate or unpack files outside of the project or where .gitignore names the place`;
var largestFirst = (changes) => [...changes].sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? 1 : -1));
var collisions = (added, all) => {
  if (added.length === 0) return /* @__PURE__ */ new Map();
  const spellings = /* @__PURE__ */ new Map();
  const fresh = new Set(added);
  const old = /* @__PURE__ */ new Set();
  for (const path3 of all)
    for (const prefix of prefixes(path3)) {
      if (!fresh.has(path3)) old.add(prefix);
      const key = foldPath(prefix);
      const found = spellings.get(key) ?? /* @__PURE__ */ new Map();
      const kinds = found.get(prefix) ?? { file: false, directory: false };
      spellings.set(key, found.set(prefix, kinds));
      kinds[prefix === path3 ? "file" : "directory"] = true;
    }
  const refused = /* @__PURE__ */ new Map();
  for (const path3 of added)
    for (const prefix of prefixes(path3)) {
      const found = spellings.get(foldPath(prefix)) ?? /* @__PURE__ */ new Map();
      const other = [...found.keys()].find((spelling) => spelling !== prefix);
      const kinds = found.get(prefix);
      if (other !== void 0 && !old.has(prefix))
        refused.set(
          path3,
          `\`${prefix}\` and \`${other}\` are one name where letter case does not count; choose another`
        );
      else if (kinds?.file && kinds.directory)
        refused.set(path3, `\`${prefix}\` would be a file and a directory; choose another name`);
    }
  return refused;
};
var prefixes = (path3) => {
  const segments = path3.split("/");
  return segments.map((_, index) => segments.slice(0, index + 1).join("/"));
};

// core/model/patch/secrets.ts
var SECRETS = [
  {
    what: "an AWS access key",
    pattern: /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}/g,
    real: /^(?!.*EXAMPLE)(?=[A-Z]*\d).*/
  },
  {
    // It has no shape of its own, so its name must come before it.
    what: "an AWS secret key",
    pattern: /(?<=(?:[Ss]ecret_?(?:[Aa]ccess_?)?[Kk]ey|SECRET_?(?:ACCESS_?)?KEY)["']?\s{0,3}[=:]\s{0,3}["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g,
    real: /^(?!.*EXAMPLE).*/
  },
  {
    what: "a GitHub token",
    pattern: /gh[opsur]_[A-Za-z0-9][\w.-]{15,}/g,
    real: /^gh._(?:[A-Za-z0-9]{36,}|[\w.-]{60,})/
  },
  { what: "a fine-grained GitHub token", pattern: /github_pat_[A-Za-z0-9_]{20,}/g },
  { what: "a GitLab token", pattern: /gl(?:pat|dt|rtr?|ptt|ft|cbt|oas|agent|soat|imt|ffct)-[\w.-]{16,}/g },
  { what: "an Anthropic API key", pattern: /sk-ant-[a-z]{2,10}\d\d-[\w-]{20,}/g },
  {
    what: "an API key",
    pattern: /(?<![A-Za-z0-9])sk-(?=[\w-]{0,60}\d)[A-Za-z0-9][\w-]{15,}/g,
    real: /^sk-(?:(?:ant|proj|svcacct|admin|or-v1)-[\w-]{20,}|[A-Za-z0-9]{32,})/
  },
  { what: "a Groq key", pattern: /gsk_[A-Za-z0-9]{40,}/g },
  { what: "an xAI key", pattern: /xai-[A-Za-z0-9]{60,}/g },
  { what: "a Perplexity key", pattern: /pplx-[A-Za-z0-9]{40,}/g },
  { what: "a Hugging Face token", pattern: /hf_[A-Za-z]{30,40}/g },
  { what: "a Replicate token", pattern: /r8_[A-Za-z0-9]{37,40}/g },
  { what: "an npm token", pattern: /npm_[A-Za-z0-9]{30,}/g },
  { what: "a PyPI token", pattern: /pypi-AgE[\w-]{30,}/g },
  { what: "a RubyGems key", pattern: /rubygems_[0-9a-f]{48}/g },
  { what: "a Docker token", pattern: /dckr_[op]at_[\w-]{20,}/g },
  {
    what: "a Slack token",
    pattern: /xox[abeoprs]-[\w-]{10,}/g,
    real: /^xox.-(?=[\w-]*\d)[\w-]{16,}/
  },
  { what: "a Slack app token", pattern: /xapp-\d-[\w-]{20,}/g },
  {
    what: "a Slack webhook",
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{6,12}\/B[A-Z0-9]{6,12}\/[A-Za-z0-9]{20,}/g
  },
  { what: "a Discord webhook", pattern: /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[\w-]{50,}/g },
  { what: "a Telegram bot's token", pattern: /(?<=\d{8}):AA[\w-]{33}/g },
  { what: "a Google API key", pattern: /AIza[\w-]{30,}/g },
  { what: "a Google client secret", pattern: /GOCSPX-[\w-]{28}/g },
  { what: "a Google access token", pattern: /ya29\.[\w-]{30,}/g },
  { what: "an Azure storage key", pattern: /AccountKey=[A-Za-z0-9+/]{86}==/g },
  { what: "a Stripe key", pattern: /[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/g, real: /^.k_live_.*/ },
  { what: "a webhook's secret", pattern: /whsec_[A-Za-z0-9+/]{32,}/g },
  { what: "a SendGrid key", pattern: /SG\.[\w-]{22}\.[\w-]{43}/g },
  { what: "a Shopify token", pattern: /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/g },
  { what: "a DigitalOcean token", pattern: /do[opr]_v1_[0-9a-f]{64}/g },
  { what: "a Databricks token", pattern: /dapi[0-9a-f]{32}/g },
  { what: "a Grafana token", pattern: /glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}/g },
  { what: "a Vault token", pattern: /hv[bsr]\.[\w-]{24,}/g },
  { what: "a Terraform token", pattern: /(?<=[A-Za-z0-9]{14})\.atlasv1\.[\w-]{60,}/g },
  { what: "a Linear key", pattern: /lin_api_[A-Za-z0-9]{40}/g },
  { what: "an Atlassian token", pattern: /ATATT3[\w=-]{50,}/g },
  { what: "a Supabase token", pattern: /sbp_[0-9a-f]{40}/g },
  { what: "an age key", pattern: /AGE-SECRET-KEY-1[0-9A-Z]{58}/g },
  {
    what: "a signed token",
    pattern: /(?<![A-Za-z0-9])eyJ[\w-]{8,400}\.[\w-]{8,4000}\.[\w-]{8,4000}/g,
    // The one in everybody's documentation.
    real: /^(?!.*SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c).*/
  },
  {
    what: "a private key",
    pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\s{0,9}[A-Za-z-]{1,30}: [^\n]{0,200}\n){0,5}[\sA-Za-z0-9+/=\\:,.>|]*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
    // Without the words that may follow it.
    real: /^[\s\S]*[A-Za-z0-9+/=]{40}/
  }
];
var secretsIn = (text2) => sightsOf(text2).flatMap(
  ({ plain, starts }) => bothWays(plain, (one) => [...plainIn(one), ...codedIn(one)]).map((place) => ({
    ...place,
    start: starts?.[place.start] ?? place.start,
    end: starts?.[place.end] ?? place.end
  }))
);
var bothWays = (text2, look) => {
  const backwards = look(turned(text2)).map((place) => ({
    ...place,
    start: text2.length - place.end,
    end: text2.length - place.start
  }));
  return [...look(text2), ...backwards];
};
var plainIn = (text2) => ANY.test(text2) ? SECRETS.flatMap(
  ({ what, pattern, real }) => [...text2.matchAll(pattern)].map(({ 0: found, index }) => ({
    start: index,
    end: index + found.length,
    what,
    real: real === void 0 ? found : real.exec(found)?.[0] ?? null
  }))
) : [];
var ANY = new RegExp(SECRETS.map(({ pattern }) => pattern.source).join("|"));
var turned = (text2) => {
  const units = new Uint16Array(text2.length);
  for (let at = 0; at < text2.length; at++) units[text2.length - 1 - at] = text2.charCodeAt(at);
  return new TextDecoder("utf-16le", { ignoreBOM: true }).decode(units);
};
var codedIn = (text2) => CODES.flatMap(
  ({ runs, decode }) => [...text2.matchAll(runs)].flatMap(
    ({ 0: run2, index }) => (
      // guard: cut-before-it-was-coded
      decode(run2).flatMap(readingsOfBytes).flatMap((plain) => bothWays(plain, plainIn)).map((place) => ({ ...place, start: index, end: index + run2.length }))
    )
  )
);
var readingsOfBytes = (bytes2) => {
  const bare = bytes2.replace(NO_LETTERS, "");
  const plain = ESCAPE.test(bare) ? meant(bare) : bare;
  return plain === bytes2 ? [bytes2] : [bytes2, plain];
};
var NO_LETTERS = /[^\t\n\r -~]+/g;
var meant = (text2) => text2.replace(CLOAKS_IN, (...match) => meantBy(match));
var sightsOf = (text2) => CLOAKED.test(text2) ? [{ plain: text2 }, uncloaked(text2)] : [{ plain: text2 }];
var uncloaked = (text2) => {
  const starts = new Uint32Array(text2.length + 1);
  let [plain, at] = ["", 0];
  const keep = (part, from) => {
    for (let unit = 0; unit < part.length; unit++) starts[plain.length + unit] = from + unit;
    plain += part;
  };
  for (const match of text2.matchAll(CLOAKS_IN)) {
    keep(text2.slice(at, match.index), at);
    keep(meantBy(match), match.index);
    at = match.index + match[0].length;
  }
  keep(text2.slice(at), at);
  starts[plain.length] = text2.length;
  return { plain, starts };
};
var meantBy = ([, hex, braced, entity, decimal, octal]) => {
  const digits = hex ?? braced ?? entity;
  if (digits !== void 0) return String.fromCharCode(Number.parseInt(digits, 16));
  if (decimal !== void 0) return String.fromCharCode(Number(decimal));
  return octal === void 0 ? "" : String.fromCharCode(Number.parseInt(octal, 8));
};
var ESCAPED = [
  "(?:%|\\\\x|\\\\u00)([2-7][\\da-f])",
  "\\\\u\\{0{0,6}([2-7][\\da-f])\\}",
  "&#x0{0,6}([2-7][\\da-f]);",
  "&#0{0,6}(3[2-9]|[4-9]\\d|1[01]\\d|12[0-6]);",
  "\\\\((?:0[4-7]|1[0-7])[0-7])"
].join("|");
var ESCAPE = new RegExp(ESCAPED, "i");
var CLOAKED = new RegExp(`[${UNSEEN}]|${ESCAPED}`, "iu");
var CLOAKS_IN = new RegExp(`[${UNSEEN}]+|${ESCAPED}`, "giu");
var HEX = "(?:\\\\x|%|0x)?[0-9a-fA-F]{2}[ :,-]{0,2}(?:\\r?\\n[ \\t]{0,40})?";
var CODES = [
  {
    runs: /(?:[A-Za-z0-9+/_-]{60,76}\r?\n[ \t]{0,40})+[A-Za-z0-9+/_-]+={0,2}|[A-Za-z0-9+/_-]{24,}={0,2}/g,
    within: /[A-Za-z0-9+/_-]{24}/,
    decode: (run2) => {
      const letters = run2.replace(/[\s=]+/g, "").replaceAll("-", "+").replaceAll("_", "/");
      return [0, 1, 2, 3].map((from) => {
        const whole = letters.slice(from, letters.length - ((letters.length - from) % 4 === 1 ? 1 : 0));
        return atob(whole);
      });
    }
  },
  {
    runs: new RegExp(`(?:${HEX}){20,}[0-9a-fA-F]?`, "g"),
    within: /(?:(?:\\x|%|0x)?[0-9a-fA-F]{2}[ :,-]{0,2}){20}/,
    decode: (run2) => {
      const digits = run2.replace(/\\x|%|0x|[\s:,-]+/g, "");
      return [0, 1].map((from) => {
        let bytes2 = "";
        for (let at = from; at + 2 <= digits.length; at += 2)
          bytes2 += String.fromCharCode(Number.parseInt(digits.slice(at, at + 2), 16));
        return bytes2;
      });
    }
  }
];
var CLOAKS = [CLOAKED, ...CODES.map(({ within }) => within)];
var secretProblem = (content, previous) => {
  const fresh = keysIn(content);
  if (fresh.length === 0) return null;
  const known = new Set(keysIn(previous).map(({ real }) => real));
  const found = fresh.find(({ real }) => !known.has(real));
  return found === void 0 ? null : `it holds what looks like ${found.what}; read it from the environment, or build the test value at run time`;
};
var keysIn = (content) => secretsIn(content).filter(({ real }) => real !== null);

// core/model/patch/content-rules.ts
var contentProblem = (change, previous) => {
  if (change.content === null) return null;
  const raw = change.encoding === "base64" ? rawOf(change.content) : null;
  if (change.encoding === "base64" && raw === null) return "its bytes came in what is no base64";
  const text2 = textOf(change);
  const isData = raw !== null && dataKind(change.path, raw) !== null;
  return sizeProblem(bytesOf2(change)) ?? headProblem(change.path, text2) ?? // guard: no-bare-repository
  (isData ? null : hiddenProblem(text2, previous)) ?? // guard: hidden-characters
  nameProblem2(change.path) ?? secretProblem(text2, previous);
};
var nameProblem2 = (path3) => secretProblem(path3, "") === null ? null : "its name holds what looks like a secret; choose another name";
function* linesWith(text2, pattern, meant2 = () => true) {
  const everywhere = new RegExp(pattern.source, `${pattern.flags}g`);
  let [number, begin2, end] = [1, 0, text2.indexOf("\n")];
  for (let match = everywhere.exec(text2); match !== null; match = everywhere.exec(text2)) {
    for (; end >= 0 && end < match.index; end = text2.indexOf("\n", begin2))
      [number, begin2] = [number + 1, end + 1];
    const line = text2.slice(begin2, end < 0 ? void 0 : end);
    const isInside = end < 0 || everywhere.lastIndex <= end || pattern.test(line);
    if (isInside && !meant2(match, line)) continue;
    if (isInside) yield number;
    if (end < 0) return;
    [number, begin2, end] = [number + 1, end + 1, text2.indexOf("\n", end + 1)];
    everywhere.lastIndex = begin2;
  }
}
var headProblem = (path3, text2) => /(?:^|\/)head$/i.test(path3) && /^(?:ref:[ \t]*refs\/|[0-9a-f]{40})/i.test(text2) ? "it makes its directory look like a git repository; make the repository in the test that needs it" : null;
var hiddenProblem = (text2, previous) => {
  if (!UNUSUAL.test(text2)) return null;
  const numbers = [...linesWith(text2, RUNS, (match) => hiddenIn(match) !== null)];
  if (numbers.length === 0) return null;
  const lines = text2.split("\n");
  const known = new Set(previous.split("\n"));
  for (const number of numbers) {
    const line = lines[number - 1] ?? "";
    if (known.has(line)) continue;
    const found = [...line.matchAll(new RegExp(RUNS, "gu"))].map(hiddenIn).find((one) => one !== null) ?? "";
    const point2 = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `line ${number} holds what nobody sees and machines read (U+${point2}); leave it out, or write it as an escape`;
  }
  return null;
};
var UNUSUAL = /[^\t-\r -~]/;
var RUNS = new RegExp(`(${SHOWN})|[${UNSEEN}]+`, "u");
var hiddenIn = ([run2, shown]) => shown === void 0 ? ALONE.exec(run2)?.[0] ?? MANY.exec(run2)?.[0] ?? null : null;
var ALONE = new RegExp(`[^${JOINING}]`, "u");
var MANY = new RegExp(`[${JOINING}]{4}`, "u");

// action/workbench/lfs.ts
var keptByLfs = (files) => {
  const macros = macrosOf(files.get(".gitattributes") ?? "");
  const rules = [...files].map(([path3, text2]) => ({ below: path3.slice(0, path3.lastIndexOf("/") + 1), text: text2 })).sort((a, b) => a.below.length - b.below.length).flatMap(({ below: below2, text: text2 }) => rulesOf(text2, macros).map((rule) => ({ ...rule, below: below2 }))).slice(-MOST_RULES).reverse();
  return (path3) => rules.find(({ below: below2, glob: glob2 }) => path3.startsWith(below2) && matches2(path3.slice(below2.length), glob2))?.isLfs ?? false;
};
var MOST_RULES = 200;
var LONGEST_GLOB = 100;
var matches2 = (path3, glob2) => matchesGlob(path3, glob2) && (glob2.endsWith("/**") || !path3.includes("/") || !matchesGlob(path3.slice(0, path3.lastIndexOf("/")), glob2));
var macrosOf = (text2) => new Set(
  text2.split(/\r?\n/).flatMap((line) => {
    const [name = "", ...attributes] = line.trim().split(/[ \t]+/);
    return name.startsWith("[attr]") && attributes.includes("filter=lfs") ? [name.slice("[attr]".length)] : [];
  })
);
var rulesOf = (text2, macros) => text2.split(/\r?\n/).flatMap((line) => {
  const [, quoted, plain = "", rest = ""] = /^\s{0,20}(?:"([^"]{1,200})"|(\S{1,200}))[ \t](.{1,500})$/.exec(line) ?? [];
  const glob2 = (quoted ?? plain).replaceAll("[[:space:]]", "?");
  const said = rest.split(/[ \t]+/).findLast((one) => /^[-!]?filter(?:=|$)/.test(one) || macros.has(one));
  const isNone = glob2 === "" || /^(?:#|\[attr\])|\/$/.test(glob2) || glob2.length > LONGEST_GLOB;
  return isNone || said === void 0 ? [] : [{ glob: glob2, isLfs: said === "filter=lfs" || macros.has(said) }];
});
var POINTER = "version https://git-lfs.github.com/spec/v1\n";
var isPointer = (content) => content.length < 1024 && content.toString("latin1", 0, POINTER.length) === POINTER;

// action/workbench/tree.ts
import { isUtf8 as isUtf83 } from "node:buffer";
import { chmod as chmod2, lstat, rm as rm2 } from "node:fs/promises";
import { join as join5 } from "node:path";
var LINK = "160000";
var listTree = async (git, tree) => {
  const entries = /* @__PURE__ */ new Map();
  for (const row of split(await git.run(["ls-tree", "-r", "-z", "--full-tree", "--end-of-options", tree]))) {
    const [meta = "", path3 = ""] = cut(row, "	");
    const [mode = "", , sha = ""] = meta.split(" ");
    entries.set(path3, { mode, sha });
  }
  return entries;
};
var MOST_LISTED = 256 * 1024;
var diffTrees = async (git, trees) => {
  if (trees[0] === trees[1]) return [];
  const rows = split(
    await git.run(["diff-tree", "-r", "-z", "--no-renames", "--no-ext-diff", "--end-of-options", ...trees])
  );
  const differences = [];
  for (let index = 0; index + 1 < rows.length; index += 2) {
    const [before = "", after = "", oldSha = "", newSha = ""] = (rows[index] ?? "").slice(1).split(" ");
    differences.push({
      path: rows[index + 1] ?? "",
      before: entry(before, oldSha),
      after: entry(after, newSha)
    });
  }
  return differences;
};
var entry = (mode, sha) => mode === "000000" ? null : { mode, sha };
var readBlobs = async (git, shas) => {
  const blobs = /* @__PURE__ */ new Map();
  const wanted = [...new Set(shas)];
  if (wanted.length === 0) return blobs;
  const output = await git.run(["cat-file", "--batch"], { input: `${wanted.join("\n")}
` });
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(10, at);
    const [sha = "", , size = ""] = output.toString("latin1", at, end).split(" ");
    const bytes2 = Number(size);
    blobs.set(sha, output.subarray(end + 1, end + 1 + bytes2));
    at = end + 1 + bytes2 + 1;
  }
  return blobs;
};
var blobSizes = async (git, shas, signal) => {
  const wanted = [...new Set(shas)];
  if (wanted.length === 0) return /* @__PURE__ */ new Map();
  const input = `${wanted.join("\n")}
`;
  const text2 = await git.text(["cat-file", "--batch-check"], { input, ...signal && { signal } });
  const rows = text2.split("\n");
  return new Map(rows.map((row) => row.split(" ")).map(([sha = "", , size = "0"]) => [sha, Number(size)]));
};
var layOver = async (git, trees, place) => {
  await git.run(["read-tree", "--end-of-options", trees.to], place);
  const differences = await diffTrees(git, [trees.from, trees.to]);
  for (const { path: path3, after } of differences) if (after === null) await removeFile(place.workTree, path3);
  await checkOut(
    git,
    differences.flatMap(({ path: path3, after }) => after === null ? [] : [path3]),
    place
  );
};
var checkOut = async (git, paths, place) => {
  if (paths.length === 0) return;
  await git.run(["checkout-index", "--force", "-u", "-q", "-z", "--stdin"], {
    ...place,
    input: joined(paths)
  });
};
var removeFile = async (root, path3) => {
  if (await lstatInside(root, path3) === null) return;
  await rm2(bytesOf(join5(root, path3)), { recursive: true, force: true });
};
var lstatInside = async (root, path3) => {
  const segments = path3.split("/");
  let at = root;
  for (const [index, segment] of segments.entries()) {
    at = join5(at, segment);
    const found = await lstat(bytesOf(at)).catch(() => null);
    if (found === null || index === segments.length - 1) return found;
    if (!found.isDirectory()) return null;
    if ((found.mode & 448) !== 448) await chmod2(bytesOf(at), found.mode & 511 | 448);
  }
  return null;
};
var directoriesAbove = (path3) => {
  const names = path3.split("/").slice(0, -1);
  return names.map((_, at) => names.slice(0, at + 1).join("/"));
};
var split = (output) => splitAll(output).filter((row) => row !== "");
var splitAll = (output) => {
  if (isUtf83(output)) return output.toString("utf8").split("\0").slice(0, -1);
  const rows = [];
  let at = 0;
  for (let end = output.indexOf(0); end >= 0; end = output.indexOf(0, at)) {
    rows.push(nameOf(output.subarray(at, end)));
    at = end + 1;
  }
  return rows;
};
var joined = (rows) => bytesOf(rows.map((row) => `${row}\0`).join(""));
var cut = (row, at) => {
  const index = row.indexOf(at);
  return [row.slice(0, index), row.slice(index + 1)];
};

// action/workbench/recorder.ts
var NOTHING = { files: 0, bytes: 0, characters: 0 };
var ROUNDS = 12;
var createRecorder = async (options) => {
  const { git, place, rules } = options;
  const baseline = { tree: options.baseline, entries: await listTree(git, options.baseline) };
  const isKeptByLfs = keptByLfs(await attributesIn(git, baseline.entries));
  let last = { tree: options.tree, entries: await listTree(git, options.tree) };
  const candidates = async () => [
    // A path that is both modified and deleted is listed twice.
    ...new Set(
      split(await git.run(["ls-files", "-z", "--others", "--modified", "--exclude-standard"], place))
    )
  ];
  const record = async (written = []) => {
    const refused = /* @__PURE__ */ new Map();
    await removeTraps(refused);
    if (rules.scope.permission !== "full") {
      await settle(async (paths2) => new Map(paths2.map((path3) => [path3, "this role changes nothing"])), refused);
      return { tree: last.tree, changes: [], refused: named(refused) };
    }
    const paths = await settle(async (found) => inspect(found, options, last.entries), refused);
    const changes = paths.length === 0 ? [] : await enter(paths, refused);
    for (const [path3, why] of await leftOut(written)) if (!refused.has(path3)) refused.set(path3, why);
    return {
      tree: last.tree,
      changes,
      refused: named(refused)
    };
  };
  const leftOut = async (written) => {
    const there = [];
    const found = /* @__PURE__ */ new Map();
    for (const path3 of written) {
      if (last.entries.has(path3) || !(await lstatInside(place.workTree, path3))?.isFile()) continue;
      const link = directoriesAbove(path3).find((above) => last.entries.get(above)?.mode === LINK);
      if (link === void 0) there.push(path3);
      else found.set(path3, `it stays where it is and is in no patch: ${link} is a submodule`);
    }
    if (there.length === 0) return found;
    const options2 = { ...place, input: joined(there), env: { GIT_LITERAL_PATHSPECS: "0" } };
    const asked = git.run(["check-ignore", "-v", "-z", "--no-index", "--stdin"], options2);
    const rows = splitAll(await asked.catch(() => Buffer.alloc(0)));
    for (let at = 0; at + 3 < rows.length; at += 4) {
      const [source = "", line, pattern, path3 = ""] = rows.slice(at, at + 4);
      found.set(
        path3,
        /(?:^|\/)\.gitignore$/.test(source) ? `it stays where it is and is in no patch: ${source}:${line} leaves out \`${pattern}\`` : `it stays where it is and is in no patch: \`${pattern}\` is what setup or a build makes`
      );
    }
    return found;
  };
  const removeTraps = async (refused) => {
    const lost = [];
    for (const { path: path3, why } of findTraps()) {
      const name = nameOf(path3);
      refused.set(name, why);
      await rm3(path3, { recursive: true, force: true });
      lost.push(...last.entries.has(name) ? [name] : below2(name));
    }
    await checkOut(git, lost, place);
  };
  const settle = async (judge, refused) => {
    for (let round = 0; round < ROUNDS; round++) {
      const paths = await candidates();
      const bad = paths.length === 0 ? /* @__PURE__ */ new Map() : await judge(paths);
      if (bad.size === 0) return paths;
      for (const [path3, why] of bad) refused.set(path3, why);
      await putBack(paths.filter((path3) => bad.has(path3)));
    }
    throw new KinError("The work tree changes while it is being recorded.", {
      code: "record_failed",
      retryable: true,
      hint: "A process of the project may still be writing files."
    });
  };
  const putBack = async (paths) => {
    const known = [];
    for (const name of paths) {
      if (name.endsWith("/")) await removeFile(place.workTree, `${name}.git`);
      else if (last.entries.has(name)) known.push(name);
      else {
        await removeFile(place.workTree, name);
        known.push(...below2(name));
      }
    }
    for (const name of known)
      if (last.entries.get(name)?.mode === LINK) await removeFile(place.workTree, name);
    await checkOut(git, known, place);
  };
  const below2 = (name) => [...last.entries.keys()].filter((path3) => path3.startsWith(`${name}/`));
  const enter = async (paths, refused) => {
    await intoIndex(paths);
    for (; ; ) {
      const tree = await git.text(["write-tree"], place);
      const differences = await diffTrees(git, [last.tree, tree]);
      const [blobs, others] = await Promise.all([
        readBlobs(git, differences.flatMap(shasOf)),
        earlier(tree, differences)
      ]);
      const bad = judgeContent(differences, blobs, others);
      if (bad.size === 0) {
        last = { tree, entries: withDifferences(last.entries, differences) };
        return differences.map((difference) => toChange(difference, blobs, baseline.entries)).sort((a, b) => a.path < b.path ? -1 : 1);
      }
      for (const [path3, why] of bad) refused.set(path3, why);
      await revert(differences.filter(({ path: path3 }) => bad.has(path3)));
    }
  };
  const intoIndex = async (paths) => {
    const gone = /* @__PURE__ */ new Set();
    for (const path3 of paths) {
      const found = await lstatInside(place.workTree, path3);
      if (found === null || found.isDirectory()) gone.add(path3);
    }
    const update = (options2, input) => git.run(["update-index", "-z", ...options2, "--stdin"], { ...place, input: joined(input) });
    const there = paths.filter((path3) => !gone.has(path3));
    if (gone.size > 0) await update(["--force-remove"], [...gone]);
    if (there.length > 0) await update(["--add", "--replace"], there);
  };
  const judgeContent = (differences, blobs, others) => {
    const bad = /* @__PURE__ */ new Map();
    for (const difference of differences) {
      const why = problemOf(difference, blobs, baseline.entries) ?? lfsProblem(difference, blobs);
      if (why !== null) bad.set(difference.path, why);
    }
    if (bad.size > 0) return bad;
    const added = differences.flatMap(({ path: path3, before }) => before === null ? [path3] : []);
    const colliding = collisions(added, withDifferences(last.entries, differences).keys());
    if (colliding.size > 0) return colliding;
    const patched = differences.filter(({ path: path3, after }) => after !== null || baseline.entries.has(path3));
    const sized = (some) => some.map(({ path: path3, after }) => ({ path: path3, bytes: blobs.get(after?.sha ?? "")?.length ?? 0 }));
    const all = overLimit(sized(patched), others);
    return all.size > 0 ? all : overLimit(sized(differences), NOTHING);
  };
  const lfsProblem = ({ path: path3, after }, blobs) => {
    const content = after === null ? void 0 : blobs.get(after.sha);
    return content === void 0 || !isKeptByLfs(path3) || isPointer(content) ? null : "Git LFS keeps it (.gitattributes), and here is only a pointer to what it holds; say in your answer what a person should put there";
  };
  const earlier = async (tree, now) => {
    if (last.tree === baseline.tree) return NOTHING;
    const paths = new Set(now.map(({ path: path3 }) => path3));
    const others = (await diffTrees(git, [baseline.tree, tree])).filter(({ path: path3 }) => !paths.has(path3));
    const shas = others.flatMap(({ after }) => after === null ? [] : [after.sha]);
    const sizes = await blobSizes(git, shas);
    return {
      files: others.length,
      bytes: shas.reduce((sum, sha) => sum + (sizes.get(sha) ?? 0), 0),
      characters: others.reduce((sum, { path: path3 }) => sum + path3.length, 0)
    };
  };
  const revert = async (differences) => {
    const rows = differences.map(
      ({ path: path3, before }) => before === null ? `0 ${"0".repeat(40)}	${path3}` : `${before.mode} ${before.sha}	${path3}`
    );
    for (const { path: path3, before } of differences)
      if (before === null) await removeFile(place.workTree, path3);
    await git.run(["update-index", "-z", "--index-info"], { ...place, input: joined(rows) });
    await checkOut(
      git,
      differences.flatMap(({ path: path3, before }) => before === null ? [] : [path3]),
      place
    );
  };
  return { record, tree: () => last.tree };
};
var attributesIn = async (git, entries) => {
  const found = [...entries].filter(([path3]) => /(?:^|\/)\.gitattributes$/.test(path3)).slice(0, 100);
  const sizes = await blobSizes(
    git,
    found.map(([, { sha }]) => sha)
  );
  const read = found.filter(([, { sha }]) => (sizes.get(sha) ?? 0) <= 64 * 1024);
  const blobs = await readBlobs(
    git,
    read.map(([, { sha }]) => sha)
  );
  return new Map(read.map(([path3, { sha }]) => [path3, blobs.get(sha)?.toString("utf8") ?? ""]));
};
var named = (refused) => {
  const all = [...refused].map(([path3, why2]) => ({ path: printable(path3), why: why2 })).sort((a, b) => a.path < b.path ? -1 : 1);
  if (all.length <= MOST_NAMED) return all;
  const why = all.at(-1)?.why ?? "";
  return [...all.slice(0, MOST_NAMED), { path: `and ${all.length - MOST_NAMED} more`, why }];
};
var MOST_NAMED = 100;
var inspect = async (paths, { place, rules }, entries) => {
  const bad = /* @__PURE__ */ new Map();
  for (const [index, name] of paths.entries()) {
    const why = !name.isWellFormed() ? "its name is not valid UTF-8, and Kin changes no such file; choose another name" : name.endsWith("/") ? "it is a git repository of its own inside the project; its .git was removed" : pathProblem(name, rules) ?? crowdProblem(index, paths.length) ?? await kindProblem(place.workTree, name, entries.get(name));
    if (why !== null) bad.set(name, why);
  }
  return bad;
};
var kindProblem = async (root, path3, before) => {
  const found = await lstatInside(root, path3);
  if (before?.mode === LINK)
    return "it is a submodule; say in your answer what a person should change there";
  if (found === null) return null;
  if (found.isSymbolicLink()) return "it is a symbolic link; write a regular file";
  if (found.isDirectory()) return null;
  if (!found.isFile()) return "it is not a regular file";
  if ((found.mode & 3072) !== 0) return "it has a setuid or setgid bit; remove the bit";
  const size = sizeProblem(found.size);
  if (size === null) await makeReadable(join6(root, path3), found.mode);
  return size;
};
var makeReadable = async (file, mode) => {
  const readable = await access(file, constants.R_OK).then(
    () => true,
    () => false
  );
  if (!readable) await chmod3(file, mode & 511 | 384);
};
var problemOf = (difference, blobs, baseline) => {
  const { before, after } = difference;
  if (after === null) return null;
  if (after.mode !== "100644" && after.mode !== "100755") return "it is not a regular file";
  const content = blobs.get(after.sha);
  if (content === void 0) return "it could not be read";
  const change = toChange(difference, blobs, baseline);
  const previous = (blobs.get(before?.sha ?? "") ?? Buffer.alloc(0)).subarray(0, 8 * MAX_FILE_BYTES);
  return sizeProblem(content.length) ?? contentProblem(change, readBytes(previous));
};
var toChange = ({ path: path3, before, after }, blobs, baseline) => {
  const in_base = baseline.has(path3);
  const mode = (after ?? before)?.mode === "100755" ? "100755" : "100644";
  if (after === null) return { path: path3, mode, content: null, encoding: "utf-8", in_base };
  const content = blobs.get(after.sha) ?? Buffer.alloc(0);
  return isUtf84(content) && !content.includes(0) ? { path: path3, mode, content: content.toString("utf8"), encoding: "utf-8", in_base } : { path: path3, mode, content: content.toString("base64"), encoding: "base64", in_base };
};
var shasOf = ({ before, after }) => [before, after].flatMap((entry2) => entry2 === null || entry2.mode === "160000" ? [] : [entry2.sha]);
var withDifferences = (entries, differences) => {
  const next = new Map(entries);
  for (const { path: path3, after } of differences)
    if (after === null) next.delete(path3);
    else next.set(path3, after);
  return next;
};
var printable = (path3) => path3.toWellFormed().replace(new RegExp("\\p{Cc}|\\p{Cf}", "gu"), "\uFFFD");

// action/workbench/setup-stage.ts
import { rm as rm4 } from "node:fs/promises";
import { join as join7 } from "node:path";

// core/model/network/host-sets.ts
var HOST_SETS = {
  defaults: {
    hosts: ["json.schemastore.org", "www.schemastore.org", "json-schema.org"],
    what: "JSON schemas"
  },
  github: {
    hosts: [
      "github.com",
      "codeload.github.com",
      "raw.githubusercontent.com",
      "objects.githubusercontent.com",
      "release-assets.githubusercontent.com",
      "media.githubusercontent.com"
    ],
    what: "repositories on GitHub by git over https, their archives and what their releases hold; not its API"
  }
};
var SETS = new Map(Object.entries(HOST_SETS));

// action/workbench/ecosystems/ecosystem.ts
var NONE = () => [];
var gatesOf = (program, rows, look = `command -v ${program}`) => rows.map(([kind, command]) => ({ kind, command, program, look }));
var has = ({ file }, ...paths) => paths.some((path3) => file(path3) !== null);
var hasLine = (text2, pattern) => text2?.split("\n").some((line) => pattern.test(line)) ?? false;
var namesPackage = (text2, name) => text2.split(/[^\w-]+/).includes(name.toLowerCase());
var parseObject = (text2) => {
  try {
    const parsed = JSON.parse((text2 ?? "{}").replace(/^\ufeff/, ""));
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
};
var namesIn = (value) => typeof value === "object" && value !== null ? Object.keys(value) : [];
var keysOf = (text2, table) => {
  const lines = (text2 ?? "").split("\n");
  const from = lines.findIndex((line) => line.trim() === `[${table}]`);
  if (from < 0) return [];
  const rest = lines.slice(from + 1);
  const to = rest.findIndex((line) => line.startsWith("["));
  return rest.slice(0, to < 0 ? void 0 : to).flatMap((line) => /^([\w-]{1,50})\s{0,5}=/.exec(line)?.[1] ?? []);
};

// action/workbench/ecosystems/compiled.ts
var GO = {
  manifests: ["go.mod"],
  setup: ({ file }) => hasLine(file("go.mod"), /^\s*(?:require\b|[\w.-]+\.[a-z]+\/\S+ v\d)/) ? ["go mod download"] : [],
  gates: (root) => has(root, "go.mod") ? gatesOf("go", [
    ["static", "go vet ./..."],
    ["build", "go build ./..."],
    ["test", "go test ./..."]
  ]) : []
};
var CLIPPY = ["lints.clippy", "workspace.lints.clippy"];
var RUST = {
  manifests: ["Cargo.toml", "clippy.toml", ".clippy.toml"],
  setup: ({ file }) => hasLine(file("Cargo.toml"), /^\[(?:[\w.'"()-]*\.)?(?:(?:dev|build)-)?dependencies[.\]]|^\[workspace\]/) ? ["cargo fetch"] : [],
  gates: (root) => {
    if (!has(root, "Cargo.toml")) return [];
    const isConfigured = has(root, "clippy.toml", ".clippy.toml") || CLIPPY.some((table) => keysOf(root.file("Cargo.toml"), table).length > 0);
    return [
      ...isConfigured ? gatesOf("cargo-clippy", [["static", "cargo clippy --offline --all-targets"]]) : [],
      ...gatesOf("cargo", [
        ["build", "cargo build --offline"],
        ["test", "cargo test --offline"]
      ])
    ];
  }
};
var wrapped = (root, { program, wrapper, flags }) => has(root, wrapper) ? { run: `sh ./${wrapper} ${flags}`, needs: "java" } : { run: `${program} ${flags}`, needs: program };
var mavenOf = (root) => wrapped(root, { program: "mvn", wrapper: "mvnw", flags: "--batch-mode" });
var MAVEN = {
  manifests: ["pom.xml", "mvnw"],
  setup: (root) => has(root, "pom.xml") ? [`${mavenOf(root).run} dependency:go-offline`] : [],
  gates: (root) => {
    const { run: run2, needs } = mavenOf(root);
    return has(root, "pom.xml") ? gatesOf(needs, [
      ["build", `${run2} --offline test-compile`],
      ["test", `${run2} --offline test`]
    ]) : [];
  }
};
var gradleOf = (root) => wrapped(root, { program: "gradle", wrapper: "gradlew", flags: "--no-daemon" });
var isGradle = (root) => has(root, "gradlew", "build.gradle", "build.gradle.kts");
var GRADLE = {
  manifests: ["build.gradle", "build.gradle.kts", "gradlew"],
  setup: (root) => isGradle(root) && !has(root, "pom.xml") ? [`${gradleOf(root).run} testClasses`] : [],
  gates: (root) => {
    const { run: run2, needs } = gradleOf(root);
    return isGradle(root) && !has(root, "pom.xml") ? gatesOf(needs, [
      ["build", `${run2} --offline testClasses`],
      ["test", `${run2} --offline test`]
    ]) : [];
  }
};
var isDotnet = ({ names }) => names.some((name) => /^[^/]+\.(?:slnx?|[cf]sproj)$/.test(name));
var DOTNET = {
  manifests: [],
  setup: (root) => isDotnet(root) ? ["dotnet restore"] : [],
  gates: (root) => isDotnet(root) ? gatesOf("dotnet", [
    ["build", "dotnet build --no-restore"],
    ["test", "dotnet test --no-restore"]
  ]) : []
};
var ELIXIR = {
  manifests: ["mix.exs"],
  setup: ({ file }) => hasLine(file("mix.exs"), /^\s*\{:\w+\s*,/) ? ["mix deps.get"] : [],
  gates: NONE
};
var SWIFT = {
  manifests: ["Package.swift"],
  setup: ({ file }) => hasLine(file("Package.swift"), /\.package\(/) ? ["swift package resolve"] : [],
  gates: NONE
};
var CMAKE_BUILD = "cmake -S . -B build && cmake --build build";
var CMAKE = {
  manifests: ["CMakeLists.txt"],
  setup: NONE,
  gates: (root) => {
    const lists = root.file("CMakeLists.txt");
    if (lists === null) return [];
    const hasTests = hasLine(lists, /^\s*(?:enable_testing\s*\(|include\s*\(\s*CTest\b)/i);
    return gatesOf("cmake", [
      ["build", CMAKE_BUILD],
      ...hasTests ? [["test", `${CMAKE_BUILD} && ctest --test-dir build --output-on-failure`]] : []
    ]);
  }
};
var MAKEFILES = ["GNUmakefile", "makefile", "Makefile"];
var TARGET = /^(all|build|lint|check|test)[ \t]*::?(?![:=])([^=]*)$/;
var MAKE = {
  manifests: MAKEFILES,
  setup: NONE,
  gates: ({ file }) => {
    const text2 = MAKEFILES.map(file).find((found) => found !== null) ?? "";
    const targets = new Map(
      text2.split("\n").flatMap((line) => {
        const [, target = "", before = ""] = TARGET.exec(line) ?? [];
        return target === "" ? [] : [[target, before.split(/[\s;]+/)]];
      })
    );
    const isThere = (target) => targets.has(target);
    const isBrought = (target) => ["lint", "check", "test"].some((other) => other !== target && targets.get(other)?.includes(target));
    const build = ["build", "all"].find(isThere);
    const rows = [
      ["static", "lint"],
      ["build", build],
      ["test", "check"],
      ["test", "test"]
    ];
    return gatesOf(
      "make",
      rows.flatMap(
        ([kind, target]) => target !== void 0 && isThere(target) && !isBrought(target) ? [[kind, `make ${target}`]] : []
      )
    );
  }
};

// action/workbench/ecosystems/node.ts
var LOCKS = [
  ["package-lock.json", "npm"],
  ["npm-shrinkwrap.json", "npm"],
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"]
];
var NODE = {
  manifests: ["package.json", "pnpm-workspace.yaml", ...LOCKS.map(([lock]) => lock)],
  setup: (root) => {
    const text2 = root.file("package.json");
    if (text2 === null) return [];
    const manager = managerOf(root);
    if (manager === null) {
      const isLocked = root.file("package-lock.json") !== null || root.file("npm-shrinkwrap.json") !== null;
      if (!hasDependencies(text2)) return [];
      return [isLocked ? "npm ci" : "npm install --no-package-lock"];
    }
    const isNeeded = hasDependencies(text2) || root.file("pnpm-workspace.yaml") !== null || scriptsIn(text2).length > 0;
    return isNeeded ? [`npx --yes ${manager.spec} ${manager.install}`] : [];
  },
  gates: (root) => {
    const scripts = scriptsIn(root.file("package.json"));
    const manager = managerOf(root);
    if (manager === null)
      return scripts.map(([name, kind]) => ({
        kind,
        command: name === "test" ? "npm test" : `npm run ${name}`,
        program: "npm",
        look: "command -v npm"
      }));
    const { program, spec } = manager;
    const run2 = `npx --offline ${spec}`;
    return scripts.map(
      ([name, kind]) => ({ kind, command: `${run2} run ${name}`, program, look: `${run2} --version` })
    );
  }
};
var SCRIPTS = [
  ["lint", "static"],
  ["typecheck", "static"],
  ["type-check", "static"],
  ["types", "static"],
  ["build", "build"],
  ["test", "test"]
];
var scriptsIn = (text2) => {
  const { scripts } = parseObject(text2);
  return SCRIPTS.filter(([name]) => {
    const script = namesIn(scripts).includes(name) ? scripts[name] : void 0;
    return typeof script === "string" && !/--watch\b|no test specified/.test(script);
  });
};
var DEPENDENCIES = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
var hasDependencies = (text2) => {
  const manifest = parseObject(text2);
  return "workspaces" in manifest || DEPENDENCIES.some((key) => namesIn(manifest[key]).length > 0);
};
var managerOf = ({ file }) => {
  const { packageManager } = parseObject(file("package.json"));
  const [named2, version = null] = /^(npm|pnpm|yarn|bun)@(\d[\w.-]*)/.exec(String(packageManager))?.slice(1) ?? [];
  const program = named2 ?? LOCKS.find(([lock]) => file(lock) !== null)?.[1] ?? "npm";
  switch (program) {
    case "npm":
      return null;
    case "pnpm": {
      const lock = file("pnpm-lock.yaml");
      const install = `install ${lock === null ? "--no-lockfile" : "--frozen-lockfile"}`;
      return { program, spec: `pnpm@${version ?? pnpmOf(lock)}`, install };
    }
    case "yarn": {
      const lock = file("yarn.lock");
      const isClassic = version === null ? hasLine(lock, /^# yarn lockfile v1/) : version.startsWith("1.");
      if (isClassic)
        return {
          program,
          spec: `yarn@${version ?? "1"}`,
          install: `install ${lock === null ? "--no-lockfile" : "--frozen-lockfile"}`
        };
      return {
        program,
        spec: `--package=@yarnpkg/cli-dist@${version ?? "4"} yarn`,
        install: `install ${lock === null ? "--no-immutable" : "--immutable"}`
      };
    }
    case "bun": {
      const isLocked = file("bun.lock") !== null || file("bun.lockb") !== null;
      return {
        program,
        spec: `bun@${version ?? "1"}`,
        install: `install ${isLocked ? "--frozen-lockfile" : "--no-save"}`
      };
    }
    default:
      return program;
  }
};
var pnpmOf = (lock) => {
  const format = /^lockfileVersion:\s{0,5}['"]?(\d+)/m.exec(lock ?? "")?.[1];
  if (format === "6") return "8";
  return format === "5" ? "7" : "9";
};

// action/workbench/ecosystems/python.ts
var REQUIREMENTS = [
  ...["requirements.txt", "requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt"],
  ...["requirements-test.txt", "requirements_test.txt", "test-requirements.txt"],
  ...["requirements/dev.txt", "requirements/test.txt"]
];
var MANAGERS = [
  ["uv.lock", "uv", "uv sync --frozen"],
  ["poetry.lock", "poetry", "poetry install --no-interaction"],
  ["pdm.lock", "pdm", "pdm sync"],
  ["Pipfile.lock", "pipenv", "pipenv sync --dev"],
  ["Pipfile", "pipenv", "pipenv install --dev --skip-lock"]
];
var PYTHON = {
  manifests: [
    ...MANAGERS.map(([lock]) => lock),
    ...REQUIREMENTS,
    ...["pyproject.toml", "setup.py", "setup.cfg", "tox.ini", "pytest.ini"],
    ...["ruff.toml", ".ruff.toml", "mypy.ini", ".mypy.ini"]
  ],
  setup: (root) => {
    const managed = MANAGERS.find(([lock]) => root.file(lock) !== null);
    if (managed !== void 0) return [withTool(managed[1], managed[2])];
    const project = root.file("pyproject.toml") ?? "";
    const requirements = REQUIREMENTS.filter((name) => hasLine(root.file(name), /^\s*[^\s#]/)).map(
      (name) => `-r ${name}`
    );
    const extras = keysOf(project, "project.optional-dependencies").filter(isForWork);
    const groups = keysOf(project, "dependency-groups").filter(isForWork);
    const itself = isInstalled(project, root) ? [`-e ${extras.length === 0 ? "." : `'.[${extras.join(",")}]'`}`] : [];
    const tox = testsWith(root) === "tox";
    const parts = [
      ...requirements,
      ...itself,
      ...groups.map((group) => `--group ${group}`),
      ...tox ? ["tox"] : []
    ];
    if (parts.length === 0) return [];
    const pip = groups.length === 0 ? "" : " && .venv/bin/pip install --upgrade pip";
    const environments = tox ? " && .venv/bin/tox --notest" : "";
    return [`python3 -m venv .venv${pip} && .venv/bin/pip install ${parts.join(" ")}${environments}`];
  },
  gates: (root) => [
    ...namesTool(root, "ruff") || has(root, "ruff.toml", ".ruff.toml") ? module("ruff", "static", "ruff check") : [],
    ...hasMypyFiles(root) ? module("mypy", "static", "mypy") : [],
    ...TESTS[testsWith(root)]
  ]
};
var module = (name, kind, command) => gatesOf(name, [[kind, `python3 -m ${command}`]], `python3 -m ${name} --version`);
var TESTS = {
  pytest: module("pytest", "test", "pytest"),
  tox: module("tox", "test", "tox"),
  nothing: []
};
var testsWith = (root) => {
  const isTox = root.file("tox.ini") !== null || hasLine(root.file("pyproject.toml"), /^\[tool\.tox\]/);
  const installed = requirementsIn(root).replace(/^\[tool\..*$/gm, "");
  if (isTox && !namesPackage(installed, "pytest")) return "tox";
  const isConfigured = root.file("pytest.ini") !== null || hasLine(root.file("setup.cfg"), /^\[tool:pytest\]/);
  return isConfigured || namesTool(root, "pytest") ? "pytest" : "nothing";
};
var namesTool = (root, name) => namesPackage(requirementsIn(root), name);
var requirementsIn = ({ file }) => [...REQUIREMENTS, "pyproject.toml", "Pipfile"].map((name) => file(name) ?? "").join("\n").toLowerCase();
var hasMypyFiles = ({ file }) => [
  ...keysOf(file("pyproject.toml"), "tool.mypy"),
  ...["mypy.ini", ".mypy.ini", "setup.cfg"].flatMap((name) => keysOf(file(name), "mypy"))
].some((key) => /^(?:files|packages|modules)$/.test(key));
var withTool = (tool2, command) => [
  `command -v ${tool2} > /dev/null || { python3 -m venv /tmp/${tool2} && /tmp/${tool2}/bin/pip install ${tool2}; }`,
  `PATH=$PATH:/tmp/${tool2}/bin POETRY_VIRTUALENVS_IN_PROJECT=1 PIPENV_VENV_IN_PROJECT=1 ${command}`
].join(" && ");
var isInstalled = (project, { file }) => PYPROJECT_DEPENDENCIES.test(project) || ["setup.py", "setup.cfg"].some(
  (name) => hasLine(file(name), /\b(?:install_requires|tests_require|extras_require|options\.extras_require)\b/)
);
var PYPROJECT_DEPENDENCIES = /^dependencies\s*=\s*\[\s*(?:#[^\n]*\n\s*)*["']|^\[(?:tool\.poetry\.(?:[\w-]+-)?dependencies|tool\.poetry\.group\.[\w-]+\.dependencies|project\.optional-dependencies)\]/m;
var isForWork = (name) => /^(?:dev|develop|development|test|tests|testing)$/.test(name);

// action/workbench/ecosystems/scripted.ts
var ANALYSES = ["phpstan", "stan", "analyse", "analyze", "psalm"];
var PHPUNIT = ["phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml"];
var PHPSTAN = ["phpstan.neon", "phpstan.neon.dist", "phpstan.dist.neon"];
var PHP = {
  manifests: ["composer.json", ...PHPUNIT, ...PHPSTAN],
  setup: (root) => requiredBy(root).length > 0 ? ["composer install --no-interaction"] : [],
  gates: (root) => {
    const scripts = namesIn(parseObject(root.file("composer.json")).scripts);
    const script = (kind, names) => names.filter((name) => scripts.includes(name)).slice(0, 1).flatMap((name) => gatesOf("composer", [[kind, `composer run-script ${name}`]]));
    const analysis = script("static", ANALYSES);
    const tests = script("test", ["test", "tests"]);
    return [
      ...script("static", ["lint"]),
      ...analysis.length > 0 || !has(root, ...PHPSTAN) ? analysis : tool(root, { program: "phpstan", kind: "static", words: " analyse --no-progress" }),
      ...tests.length > 0 || !has(root, ...PHPUNIT) ? tests : tool(root, { program: "phpunit", kind: "test", words: "" })
    ];
  }
};
var tool = (root, { program, kind, words }) => {
  const own = `vendor/bin/${program}`;
  return requiredBy(root).some((name) => name.endsWith(`/${program}`)) ? gatesOf(program, [[kind, `${own}${words}`]], `test -x ${own} && command -v php`) : gatesOf(program, [[kind, `${program}${words}`]]);
};
var requiredBy = ({ file }) => {
  const manifest = parseObject(file("composer.json"));
  return [...namesIn(manifest.require), ...namesIn(manifest["require-dev"])].filter(
    (name) => name.includes("/")
  );
};
var RUBY = {
  manifests: ["Gemfile", "Rakefile", ".rspec", ".rubocop.yml"],
  setup: (root) => hasGems(root) ? ["bundle config set --local path vendor/bundle && bundle install"] : [],
  gates: (root) => {
    const gems = root.file("Gemfile") ?? "";
    const run2 = (program, kind, words = "") => hasGems(root) ? gatesOf(program, [[kind, `bundle exec ${program}${words}`]], `bundle exec ${program} --version`) : gatesOf(program, [[kind, `${program}${words}`]]);
    const isSpecified = has(root, ".rspec") || namesPackage(gems, "rspec");
    const hasTask = hasLine(root.file("Rakefile"), /\bTestTask\.(?:new|create)\b|^\s*task[ (]+:?["']?test\b/);
    return [
      ...has(root, ".rubocop.yml") ? run2("rubocop", "static") : [],
      ...isSpecified ? run2("rspec", "test") : [],
      ...hasTask ? run2("rake", "test", " test") : []
    ];
  }
};
var hasGems = ({ file }) => hasLine(file("Gemfile"), /^\s*(?:gem|gemspec)\b/);

// action/workbench/ecosystems.ts
var ECOSYSTEMS = [
  ...[NODE, PYTHON, GO, RUST, RUBY, PHP, MAVEN, GRADLE, DOTNET, ELIXIR, SWIFT, CMAKE]
];
var MANIFESTS = [...ECOSYSTEMS, MAKE].flatMap(({ manifests }) => manifests);

// action/workbench/setup-stage.ts
var SECONDS2 = 15 * 60;
var MOST_RULES_BYTES = 64 * 1024;
var EXACT = 2e3;
var separateProducts = async (git, place) => {
  const list = async (...args) => split(await git.run(["ls-files", "-z", ...args], place));
  await removeLinksAbove(await list("--cached"), place.workTree);
  const restored = [...new Set(await list("--modified", "--deleted"))];
  for (const path3 of restored) await lstatInside(place.workTree, path3);
  await checkOut(git, restored, place);
  const made = await list("--others", "--exclude-standard");
  const products = made.length > EXACT ? await list("--others", "--exclude-standard", "--directory") : made;
  return { restored, patterns: products.filter((path3) => !path3.includes("\n")).map(escapePattern) };
};
var removeLinksAbove = async (tracked, root) => {
  const above = new Set(tracked.flatMap((path3) => directoriesAbove(path3)));
  for (const directory of [...above].sort())
    if ((await lstatInside(root, directory))?.isSymbolicLink())
      await rm4(bytesOf(join7(root, directory)));
};
var escapePattern = (path3) => `/${path3.replace(/[\\*?[\]!# ]/g, (found) => `\\${found}`)}`;

// action/tools/ledger.ts
var createLedger = (start) => {
  const { own, work, home, from } = start;
  const git = openGit({ dir: start.git, program: start.program, objects: join8(own, "objects") });
  const place = { index: join8(own, "index"), workTree: work };
  let recorder = null;
  let laid = false;
  const perform = async (asked) => {
    switch (asked.kind) {
      case "check_out":
        await checkOutAll(git, asked.tree, place);
        return laySubmodules(git, asked.submodules, { own, work });
      case "separate":
        await run("/bin/rm", ["-rf", "--", join8(work, ".git")]);
        for (const { path: path3 } of findTraps()) await rm5(path3, { recursive: true, force: true });
        await layOver(git, asked, place);
        return separateProducts(git, place);
      case "copy":
        await copy(join8(from ?? "", "work"), work);
        await copy(join8(from ?? "", "home"), home);
        await layOver(git, asked, place);
        laid = true;
        await git.run(["update-index", "-q", "--refresh"], place).catch(() => void 0);
        return null;
      case "lay":
        for (const { path: path3, content } of asked.files) {
          await removeFile(work, path3);
          if (content === null) continue;
          await mkdir2(dirname4(join8(work, path3)), { recursive: true });
          await writeFile2(join8(work, path3), content);
        }
        return null;
      case "found":
        await foundRepository(asked.repository, { work, index: place.index });
        return null;
      case "record":
        if (recorder === null ? !laid : recorder.tree() !== asked.tree) {
          await git.run(["read-tree", "--end-of-options", asked.tree], place);
          recorder = null;
        }
        laid = true;
        recorder ??= await createRecorder({ git, place, ...asked });
        if (asked.racy) await utimes(place.index, 1, 1);
        return recorder.record(asked.written);
      case "measure":
        return measure([work, home, start.tmp]);
      case "clear":
        await emptyOut([work, home, start.tmp]);
        return null;
      default:
        return asked;
    }
  };
  return perform;
};
var laySubmodules = async (git, submodules, { own, work }) => {
  const left = [];
  for (const { path: path3, tree } of submodules) {
    const workTree = bytesOf(join8(work, path3));
    const isDirectory = (await lstatInside(work, path3))?.isDirectory() ?? false;
    if (!isDirectory || (await readdir2(workTree)).length > 0) left.push(path3);
    else await checkOutAll(git, tree, { index: join8(own, "index-of-submodule"), workTree: join8(work, path3) });
  }
  return left;
};
var checkOutAll = async (git, tree, place) => {
  await git.run(["read-tree", "--end-of-options", tree], place);
  await git.run(["checkout-index", "--all", "--force", "-u", "-q"], place);
};
var execute2 = promisify(execFile);
var copy = (from, to) => run("/bin/cp", ["-a", "--reflink=auto", "--", `${from}/.`, to]);
var emptyOut = async (places) => {
  await run("/bin/chmod", ["-R", "u+rwX", "--", ...places]).catch(() => void 0);
  await run("/usr/bin/find", [...places, "-mindepth", "1", "-delete"]);
};
var run = (program, args) => execute2(program, [...args], { env: { LC_ALL: "C" }, maxBuffer: 2 ** 24 });
var measure = async (places) => {
  const sum = async (option) => {
    const { stdout, code } = await run("/usr/bin/du", ["-xsc", option, "--", ...places]).then(
      (done) => ({ ...done, code: 0 }),
      (error) => error
    );
    return { total: Number(/^(\d+)\s+total$/m.exec(stdout)?.[1] ?? 0), whole: code === 0 };
  };
  const [kibibytes, inodes] = await Promise.all([sum("-k"), sum("--inodes")]);
  return {
    bytes: kibibytes.total * 1024,
    inodes: inodes.total,
    whole: kibibytes.whole && inodes.whole
  };
};
var CONFIG2 = `[core]
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
var foundRepository = async ({ base, head, objects, exclude }, { work, index }) => {
  const dir = join8(work, ".git");
  for (const name of ["refs/heads", "refs/tags", "objects/info", "objects/pack", "info", "hooks"])
    await mkdir2(join8(dir, name), { recursive: true });
  const files = {
    config: CONFIG2,
    HEAD: "ref: refs/heads/work\n",
    "refs/heads/work": `${head}
`,
    "refs/heads/base": `${base}
`,
    shallow: `${base}
`,
    "objects/info/alternates": `${objects}
`,
    // Without one of the project's own, an empty `.github` is mounted that nobody can remove.
    "info/exclude": [...exclude, "/.github/"].map((pattern) => `${pattern}
`).join("")
  };
  for (const [name, content] of Object.entries(files)) await writeFile2(join8(dir, name), bytesOf(content));
  await copyFile(index, join8(dir, "index"));
};

// action/tools.ts
var say = (line) => {
  process.stdout.write(`${JSON.stringify(line)}
`);
};
var begin = (start) => {
  process.chdir(start.work);
  switch (start.service) {
    case "files":
      return createFilesService(start);
    case "ledger":
      return createLedger(start);
    default:
      return start;
  }
};
var answerTo = async (request, perform, signal) => {
  try {
    return { id: request.id, ok: await perform(request, signal) ?? null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const retryable = error?.retryable === true;
    return { id: request.id, failed: { message, retryable } };
  }
};
var serve = () => {
  const lines = createInterface2({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  const running = /* @__PURE__ */ new Map();
  let perform = null;
  let last = Promise.resolve();
  lines.on("close", () => process.exit(0));
  lines.on("line", (line) => {
    if (perform === null) {
      perform = begin(JSON.parse(line));
      return say({ id: "start", ok: null });
    }
    const request = JSON.parse(line);
    if (request.kind === "cancel") return running.get(request.id)?.abort();
    const ready = perform;
    const controller = new AbortController();
    running.set(request.id, controller);
    last = last.then(async () => {
      say(await answerTo(request, ready, controller.signal));
      running.delete(request.id);
    });
  });
};
serve();
