// What no patch of Kin's may touch, whatever the project: files that make a machine, an editor, a package manager or an
// agent run or obey something later, before anybody has read them. Not what runs only when somebody runs the tests (.rspec,
// jest.config.js): tests are for a patch to write. Pure data, and its lookup by path.
import { wordList } from "../word-list.ts";

export interface Protected {
  /** Completes "it is protected: …". */
  readonly why: string;
  /**
   * A name, or a directory and a name in it, at any depth and in any letter case; at most one `*`, and only in a lone name.
   * What matches a directory matches everything below it.
   */
  readonly globs: readonly string[];
}

export const PROTECTED: readonly Protected[] = [
  {
    why: "it is, or looks like, git's own or another version control's, which obeys it",
    globs: wordList(`
      .git .gitmodules .gitattributes .gitconfig .lfsconfig .hg .jj .svn .bzr _darcs .pijul .sl .gitreview
      .arcconfig .arclint
    `),
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
    `),
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
    `),
  },
  {
    why: "a language server or a build server runs it, or what it names, as soon as a file is opened",
    globs: wordList(`
      .bsp .lsp hie.yaml .bloop .metals .nrepl.edn .clj-kondo .luarc.json* .merlin .formatter.exs
      .solargraph.yml .phpactor.* .tern-project rust-analyzer.toml rust-project.json .rust-project.json
      .sourcekit-lsp zls.json .bazelbsp .venv
    `),
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
    `),
  },
  {
    why: "it says what runs when somebody commits",
    globs: wordList(`
      .husky .githooks .git-hooks lefthook.* lefthook-local.* .lefthook* .pre-commit-* prek.toml
      .overcommit.yml .lintstagedrc* lint-staged.config.* .simple-git-hooks* simple-git-hooks.*
      captainhook.json grumphp.yml .rusty-hook.toml .huskyrc* husky.config.* .nano-staged* nano-staged.*
      hk.pkl cog.toml .gitlint .czrc .cz-config.* .commitlintrc* commitlint.config.*
    `),
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
    `),
  },
  {
    why: "a version manager takes a program from where it says, and runs that in the place of another",
    globs: wordList(`
      .tool-versions rust-toolchain rust-toolchain.toml lean-toolchain .bazelversion .prototools .vfox.toml
      .pkgx.* aqua.yaml aqua.yml .aqua bin/hermit
    `),
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
    `),
  },
  {
    why: "a host builds and deploys as it says",
    globs: wordList(`
      netlify.toml vercel.json vercel.ts now.json amplify.yml render.yaml railway.json railway.toml
      nixpacks.toml railpack.json heroku.yml apprunner.yaml appspec.yml .ebextensions .elasticbeanstalk
      .platform* .upsun .lagoon* .deployment .do .buildpacks .s2i .openshift
    `),
  },
  {
    why: "it says what of a change a check must not mind",
    globs: wordList(`
      codecov.yml .codecov.yml .codeclimate.yml .codacy.* .deepsource.toml .hound.yml sonar-project.properties
      .sonarcloud.properties .snyk .trivyignore* .gitleaks* .gitguardian* .secretlint* .gitallowed .semgrep*
      .checkov* .whitesource .lgtm*
    `),
  },
  {
    why: "it says who has to approve what",
    globs: wordList("CODEOWNERS OWNERS_ALIASES .pullapprove.yml"),
  },
];

/** Why no patch may touch it; null if it is not in the table. `folded`: as `foldPath` folds. */
export const protectedBy = (folded: string): string | null => {
  const names = folded.split("/");
  for (const [index, name] of names.entries()) {
    const why = whyOf(name) ?? WHOLE.get(`${names[index - 1] ?? ""}/${name}`);
    if (why !== undefined) return why;
  }
  return null;
};

const whyOf = (name: string): string | undefined =>
  WHOLE.get(name) ??
  FAMILIES.find(
    ({ before, after }) =>
      name.length >= before.length + after.length && name.startsWith(before) && name.endsWith(after),
  )?.why;

const ROWS = PROTECTED.flatMap(({ why, globs }) => globs.map(glob => ({ glob: glob.toLowerCase(), why })));
const WHOLE = new Map(ROWS.map(({ glob, why }) => [glob, why]));
/** The globs with a `*`. */
const FAMILIES = ROWS.filter(({ glob }) => glob.includes("*")).map(({ glob, why }) => {
  const [before = "", after = ""] = glob.split("*");
  return { before, after, why };
});
