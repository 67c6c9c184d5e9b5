// Every path that no patch may touch, and similar paths that ordinary fixes need.
import { describe, expect, test } from "vitest";
import { placeProblem } from "../../core/model/patch/path-rules.ts";
import { PROTECTED } from "../../core/model/patch/protected.ts";

const problem = (path: string): string | null => placeProblem(path, []);

/** Repeated here, so that no change to the table goes unnoticed. */
const EXAMPLES: readonly string[] = [
  ...[".git/hooks/pre-commit", "packages/x/.gitmodules", ".gitattributes", ".gitconfig"],
  ...["packages/x/.lfsconfig", ".hg/hgrc", ".jj/repo/config.toml", "packages/x/AGENTS.md"],
  ...["AGENTS.local.md", "AGENTS.override.md", "packages/x/AGENT.md", ".agent/rules/x.md"],
  ...[
    ".agents/skills/x/SKILL.md",
    "packages/x/.mcp.json",
    "mcp.json",
    ".env",
    "CLAUDE.md",
    "CLAUDE.local.md",
  ],
  ...["packages/x/.claude-plugin/marketplace.json", "GEMINI.md", ".geminiignore"],
  ...["packages/x/QWEN.md", ".qwen", "WARP.md", "packages/x/CRUSH.md", ".crush.json"],
  ...["copilot-instructions.md", "packages/x/.copilot", ".cursorrules", ".windsurfrules"],
  ...["packages/x/.codeium", ".clinerules", ".roomodes", "packages/x/.kilocodemodes"],
  ...[".aider.conf.yml", ".continue/config.yaml", "packages/x/.codex/config.toml"],
  ...[".opencode/agent/x.md", "opencode.jsonc", "packages/x/.kiro/steering/x.md"],
  ...[".junie/guidelines.md", ".goosehints", "packages/x/.amazonq/rules/x.md"],
  ...[".augment-guidelines", ".trae/rules/x.md", "packages/x/.openhands_instructions"],
  ...[".factory", ".amp", "packages/x/.devin", ".idx", ".bolt/prompt", "packages/x/.rules"],
  ...[".ruler", ".coderabbit.yaml", "packages/x/.pr_agent.toml", "greptile.json"],
  ...["ellipsis.yaml", "packages/x/sweep.yaml", ".vscode/tasks.json", "all.code-workspace"],
  ...["packages/x/.idea/runConfigurations/x.xml", ".zed", ".fleet", "packages/x/.vs", ".nova"],
  ...[".theia", "packages/x/.helix", ".vimrc", "_vimrc", "packages/x/.exrc", ".nvimrc"],
  ...[".nvim.lua", "packages/x/.lazy.lua", ".lvimrc", ".ycm_extra_conf.py"],
  ...["packages/x/.dir-locals-2.el", "x.sublime-project", "desktop.ini"],
  ...["packages/x/autorun.inf", "readme.lnk", "folder.scf", "packages/x/.devcontainer.json"],
  ...[".gitpod.yml", "devfile.yaml", "packages/x/.devfile.yaml", ".codesandbox", ".replit"],
  ...["packages/x/.envrc", ".autoenv.zsh", ".mise.local.toml", "packages/x/mise.toml"],
  ...["mise.dev.toml", ".config/mise/config.toml", "packages/x/.rtx.toml", "devbox.json"],
  ...[".flox", "packages/x/.gdbinit", ".lldbinit", ".pdbrc.py", "packages/x/.irbrc", ".pryrc"],
  ...[".rdbgrc", "packages/x/.byebugrc", ".Rprofile", ".ghci", "packages/x/.iex.exs"],
  ...["sitecustomize.py", "usercustomize.py", "packages/x/.jvmopts", ".sbtopts"],
  ...[".husky/pre-commit", "packages/x/.githooks/pre-push", ".git-hooks", "lefthook.yml"],
  ...["packages/x/lefthook-local.yml", ".lefthook-local.toml", ".pre-commit-config.yaml"],
  ...["packages/x/prek.toml", ".overcommit.yml", ".lintstagedrc.json"],
  ...["packages/x/lint-staged.config.mjs", ".simple-git-hooks.cjs", "simple-git-hooks.js"],
  ...["packages/x/captainhook.json", "grumphp.yml", ".rusty-hook.toml", "packages/x/.npmrc"],
  ...[".yarnrc.yml", ".yarn/plugins/x.cjs", "packages/x/.yarn/releases/yarn-4.cjs"],
  ...[".yarn/sdks/eslint/bin/eslint.js", ".pnpmfile.cjs", "packages/x/.pnp.cjs", "bunfig.toml"],
  ...[".bunfig.toml", "packages/x/.corepack.env", "pip.conf", "pip.ini", "packages/x/.pypirc"],
  ...["uv.toml", "poetry.toml", "packages/x/.condarc", ".cargo/config.toml", ".bundle/config"],
  ...["packages/x/gradle/wrapper/gradle-wrapper.jar", "gradlew", "gradlew.bat"],
  ...["packages/x/.mvn/extensions.xml", "mvnw", "mvnw.cmd", "packages/x/.m2", "nuget.config"],
  ...["packages/x/.bazeliskrc", "tools/bazel"],
  ...["packages/x/.github/workflows/ci.yml", "action.yml", "action.yaml"],
  ...["packages/x/.gitlab-ci.yml", ".gitlab", ".forgejo", "packages/x/.gitea"],
  ...[".circleci/config.yml", ".travis.yml", "packages/x/azure-pipelines-2.yml"],
  ...[".azure-pipelines/x.yml", ".azuredevops", "packages/x/.vsts-ci.yml", "Jenkinsfile.release"],
  ...[".drone.star", "packages/x/.buildkite/pipeline.yml", "bitbucket-pipelines.yml"],
  ...["appveyor.yml", "packages/x/.appveyor.yml", ".woodpecker/test.yml", "cloudbuild-prod.yaml"],
  ...["packages/x/cloudbuild.yml", ".cloudbuild", "buildspec-test.yml", "packages/x/.semaphore"],
  ...[".teamcity/settings.kts", "bamboo-specs", "packages/x/.cirrus.star", "wercker.yml"],
  ...["bitrise.yml", "packages/x/codemagic.yaml", ".build.yml", ".builds", "packages/x/.tekton"],
  ...[".zuul.yaml", "zuul.d/jobs.yaml", "packages/x/.taskcluster.yml", ".prow.yaml"],
  ...[".readthedocs.yaml", "packages/x/.mergify.yml", ".kodiak.toml", "bors.toml"],
  ...["packages/x/.dependabot", "renovate.json5", ".renovaterc.json", "packages/x/CODEOWNERS"],
  ...[".svn", ".bzr", "packages/x/_darcs", ".pijul"],
  ...[".sl", "packages/x/.gitreview", ".arcconfig", ".arclint"],
  ...["packages/x/crush.json", ".ai/rules.md", ".aiassistant", "packages/x/.cody"],
  ...[".tabnine_root", ".zencoder", "packages/x/.qodo/agents/x.toml", ".qoder"],
  ...[".lingma", "packages/x/.codebuddy", ".iflow", "IFLOW.md"],
  ...["packages/x/.forge", "forge.yaml", ".vibe", "packages/x/.rovodev"],
  ...[".pearai-rules", ".voidrules", "packages/x/.serena", ".specify"],
  ...[".bmad-core/core-config.yaml", "packages/x/.taskmaster", "smithery.yaml", "replit.nix"],
  ...["packages/x/sandbox.config.json", ".stackblitzrc", ".ona", "packages/x/.coder"],
  ...[".lando.local.yml", ".ddev", "packages/x/.docksal", ".vim/coc-settings.json"],
  ...[".nvim", "packages/x/.local.vimrc", ".vimspector.json", ".neoconf.json"],
  ...["packages/x/.kateproject.build", ".lapce", ".lite_project.lua", "packages/x/x.sublime-workspace"],
  ...["make.sublime-build", ".externalToolBuilders", "packages/x/nbproject", ".run/all"],
  ...["all.run.xml", "packages/x/app.suo", "app.csproj.user", "app.vcxproj.user"],
  ...["packages/x/.vsconfig", "omnisharp.json", "xcuserdata", "packages/x/xcshareddata/xcdebugger"],
  ...[".godot", "help.url", "packages/x/x.library-ms", "x.searchConnector-ms"],
  ...[".bsp/sbt.json", "packages/x/.lsp/config.edn", "hie.yaml", ".bloop"],
  ...["packages/x/.metals", ".nrepl.edn", ".clj-kondo/hooks/x.clj", "packages/x/.luarc.jsonc"],
  ...[".merlin", ".formatter.exs", "packages/x/.solargraph.yml", ".phpactor.json"],
  ...[".tern-project", "packages/x/rust-analyzer.toml", "rust-project.json", ".rust-project.json"],
  ...["packages/x/.sourcekit-lsp", "zls.json", ".bazelbsp", "packages/x/.venv/bin/python"],
  ...[".sbtrc", ".direnvrc", "packages/x/.shadowenv.d", ".rvmrc"],
  ...[".rbenv-vars", "packages/x/.powrc", ".powenv", ".proverc"],
  ...["packages/x/.yath.rc", ".perldb", ".ocamlinit", "packages/x/.erlang"],
  ...[".Renviron", ".RData", "packages/x/renv/activate.R", ".octaverc"],
  ...["startup.m", "packages/x/.gnuplot", ".jdbrc", "jdb.ini"],
  ...["packages/x/.hotspotrc", "profiles.clj", ".user.ini", "packages/x/.r2rc"],
  ...[".ghcid", "jupyter_server_config.py", "packages/x/jupyter_lab_config.json", "ipython_config.py"],
  ...[".chef", "packages/x/.actrc", ".tmuxinator.yml", "devenv.nix"],
  ...["packages/x/devenv.yaml", "Tiltfile", "Vagrantfile", "packages/x/skaffold.yaml"],
  ...[".ssh/config", ".gnupg", "packages/x/.netrc", ".huskyrc.json"],
  ...["husky.config.js", "packages/x/.nano-staged.json", "nano-staged.js", "hk.pkl"],
  ...["packages/x/cog.toml", ".gitlint", ".czrc", "packages/x/.cz-config.js"],
  ...[".commitlintrc.js", "commitlint.config.mjs", "packages/x/user.bazelrc", ".buckconfig.local"],
  ...[".pants.rc", "packages/x/.plzconfig.local", "pleasew", ".mill-version"],
  ...["packages/x/.jbang", ".paket", ".bowerrc", "packages/x/pdm.toml"],
  ...[".pdm.toml", ".pdm-python", "packages/x/.pixi", "site_scons/site_init.py"],
  ...[
    "CMakeUserPresets.json",
    "packages/x/Directory.Build.rsp",
    "gradle/gradle-daemon-jvm.properties",
    ".guix-authorizations",
  ],
  ...["packages/x/.terraform", ".tool-versions", "rust-toolchain", "packages/x/rust-toolchain.toml"],
  ...["lean-toolchain", ".bazelversion", "packages/x/.prototools", ".vfox.toml"],
  ...[".pkgx.yaml", "packages/x/aqua.yaml", "aqua.yml", ".aqua"],
  ...[
    "packages/x/bin/hermit",
    "ci_scripts/ci_post_clone.sh",
    "appcenter-post-clone.sh",
    "packages/x/dangerfile.ts",
  ],
  ...["atlantis.yaml", ".spacelift", "packages/x/.terrateam", "digger.yml"],
  ...["env0.yml", "packages/x/screwdriver.yaml", ".harness", ".buddy"],
  ...["packages/x/buddy.yml", ".vela.yml", ".scrutinizer.yml", "packages/x/.rwx"],
  ...[".mint", ".tangled", "packages/x/.crow/ci.yaml", "codefresh.yml"],
  ...[".eas/workflows/x.yml", "packages/x/.kokoro", ".evergreen.yml", ".packit.yaml"],
  ...["packages/x/packit.yaml", ".copr", ".obs", "packages/x/.ci-operator.yaml"],
  ...["garnix.yaml", ".onedev-buildspec.yml", "packages/x/.asf.yaml", ".releaserc.json"],
  ...["release.config.cjs", "packages/x/.release-it.json", ".goreleaser.yaml", ".versionrc.js"],
  ...["packages/x/netlify.toml", "vercel.json", "vercel.ts", "packages/x/now.json"],
  ...["amplify.yml", "render.yaml", "packages/x/railway.json", "railway.toml"],
  ...["nixpacks.toml", "packages/x/railpack.json", "heroku.yml", "apprunner.yaml"],
  ...[
    "packages/x/appspec.yml",
    ".ebextensions/x.config",
    ".elasticbeanstalk",
    "packages/x/.platform.app.yaml",
  ],
  ...[".upsun", ".lagoon.yml", "packages/x/.deployment", ".do"],
  ...[".buildpacks", "packages/x/.s2i", ".openshift", "codecov.yml"],
  ...["packages/x/.codecov.yml", ".codeclimate.yml", ".codacy.yml", "packages/x/.deepsource.toml"],
  ...[".hound.yml", "sonar-project.properties", "packages/x/.sonarcloud.properties", ".snyk"],
  ...[".trivyignore.yaml", "packages/x/.gitleaksignore", ".gitguardian.yaml", ".secretlintrc.json"],
  ...["packages/x/.gitallowed", ".semgrepignore", ".checkov.yaml", "packages/x/.whitesource"],
  ...[".lgtm.yml", "OWNERS_ALIASES", "packages/x/.pullapprove.yml"],
];

describe("a file that makes a machine, an editor or an agent run or obey something", () => {
  test.each(EXAMPLES)("%s is protected, and a person is told why", path => {
    expect(problem(path)).toMatch(/^it is protected: .{20,}; leave it alone and say in your answer/);
  });

  test.each(EXAMPLES)("%s is protected in other letters, below a directory, and what lies below it", path => {
    expect(problem(path.toUpperCase())).toMatch(/protected/);
    expect(problem(`deep/down/${path}`)).toMatch(/protected/);
    expect(problem(`${path}/x`)).toMatch(/protected/);
  });

  test("stands in the table once, and each that stands there has its example here", () => {
    const globs = PROTECTED.flatMap(row => row.globs);
    expect(new Set(globs).size).toBe(globs.length);
    expect(EXAMPLES).toHaveLength(globs.length);
  });
});

describe("a protected file is so in every disguise that some file system sees through", () => {
  test.each([
    ...[".claude.", ".claude ", ".claude. . ", ".claude:x", ".claude::$INDEX_ALLOCATION/x", ".claude.:x"],
    ...["AGENTS.md::$DATA", ".husky /pre-commit", ".npmrc.", "\uff0eclaude/x", "\uff21gents.md"],
    ...[
      ".cl\u200caude",
      "\ufeff.claude",
      ".cl\u00adaude",
      ".claud\ufe0fe",
      ".cla\u{e0001}ude",
      ".\u2060claude",
    ],
    ...[".hu\u017fky/x", ".cla\u0075de", "CLAUDE~1.MD", "claude~1", "GITMOD~1", "gi7eba~1", "gi7eba~12/x"],
    ...["gi7d29~1", "gitatt~2", "codeow~1", "github~1/workflows/x", "vscode~1", "git~1", "AGENTS~1.MD:x"],
  ])("%j", path => {
    expect(problem(path)).not.toBeNull();
  });
});

describe("a name that is another one somewhere is refused", () => {
  test.each([
    ...[
      "con",
      "CON.txt",
      "a/nul",
      "nul .txt",
      "aux.c",
      "prn",
      "com1",
      "lpt9.log",
      "COM\u00b9",
      "conin$",
      "nul:x",
    ],
    ...[
      "trailing.",
      "trailing ",
      "dir./x",
      "dir /x",
      "a\u2028b",
      "a\u200bb",
      "a\u00adb",
      "\u3164",
      "a\u2800b",
    ],
    ...["a\u{e0041}b", "a\ufe0fb", "a\u202eb", "x~1", "long~12.txt", "a\\b", "a\ud800b", "a\uffffb"],
  ])("%j", path => {
    expect(problem(path)).not.toBeNull();
  });
});

describe("what ordinary fixes need is not protected", () => {
  test.each([
    ...["package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "pyproject.toml", "setup.py"],
    ...[
      "Makefile",
      "Dockerfile",
      "docker-compose.yml",
      "tsconfig.json",
      "Cargo.toml",
      "build.gradle",
      "pom.xml",
    ],
    ...[
      ".editorconfig",
      ".gitignore",
      "a/.gitkeep",
      ".dockerignore",
      ".env.example",
      ".eslintrc.js",
      ".nvmrc",
    ],
    ...[
      "src/agents.ts",
      "agents/list.md",
      "src/claude.ts",
      "lib/gemini.py",
      "docs/cursor.md",
      "src/cursor/x.ts",
    ],
    ...[
      "src/github/client.ts",
      "git/readme.md",
      "owners/list.html",
      "src/mise.ts",
      "action.ts",
      "actions/x.ts",
    ],
    ...["Procfile", "fly.toml", "wrangler.toml", "app.json", "console.log", "common.ts"],
    ...[
      "pnpm-workspace.yaml",
      "go.work",
      "stack.yaml",
      "flake.nix",
      "shell.nix",
      "global.json",
      "gradle.properties",
    ],
    ...[".ruby-version", ".python-version", ".node-version", ".terraform-version", ".rspec", ".rubocop.yml"],
    ...[
      ".clangd",
      "compile_commands.json",
      "CMakePresets.json",
      ".golangci.yml",
      ".env.development",
      ".htaccess",
    ],
    ...[
      "Justfile",
      "Taskfile.yml",
      "firebase.json",
      "serverless.yml",
      "Gemfile",
      "composer.json",
      "deno.json",
    ],
    ...["src/vercel/x.ts", "src/url.ts", "lib/netlify.js", "docs/ai/rules.md"],
    ...["src/run/x.ts", "platform/x.ts", "owners.md", "venv.ts", "now.ts", "release.ts", "startup.ts"],
    ...[
      "com10.txt",
      "nullable.ts",
      "auxiliary.c",
      "backup~",
      "x.~1~",
      "notes~draft.md",
      "Foo::Bar.3pm",
      "a:b",
    ],
    ...[
      "\u540d\u524d/\u30d5\u30a1\u30a4\u30eb.txt",
      "emoji \u{1f469}\u200d\u{1f4bb}.md",
      "\u231a\ufe0f.md",
      "caf\u00e9",
      "stra\u00dfe",
    ],
  ])("%j", path => {
    expect(problem(path)).toBeNull();
  });
});
