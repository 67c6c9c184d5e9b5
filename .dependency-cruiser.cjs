// The layers of ARCHITECTURE.md: two planes that know core and host, and not each other. `node scripts/check-layers.ts`
// applies them, and fails where nothing was looked at.

const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

module.exports = {
  forbidden: [
    rule("no-cycles", "Two files that need each other are one file, or three.", {}, { circular: true }),
    rule(
      "core-imports-no-node",
      "Core is pure: what it needs of the world is passed in.",
      { path: "^core/" },
      { dependencyTypes: ["core"] },
    ),
    rule(
      "core-imports-only-zod",
      "Core imports no package but zod.",
      { path: "^core/" },
      { path: "node_modules/", pathNot: "node_modules/zod/" },
    ),
    rule(
      "core-knows-no-plane",
      "Nothing in core knows who uses it.",
      { path: "^core/" },
      { path: "^(host|app|action|cli|local|packages)/" },
    ),
    rule(
      "model-knows-model",
      "The model is what everything else talks about; it talks about nothing else.",
      { path: "^core/model/" },
      { path: "^(?!core/model/|node_modules/)" },
    ),
    rule(
      "text-knows-model",
      "Cleaning knows no role, no pipeline and no report.",
      { path: "^core/text/" },
      { path: "^core/(?!text/|model/)" },
    ),
    rule(
      "task-knows-model",
      "What a task is after a fact hangs on the fact alone.",
      { path: "^core/task/" },
      { path: "^core/(?!task/|model/)" },
    ),
    rule(
      "agents-below-pipeline",
      "Who does it knows nothing of what happens next, nor of how that is told.",
      { path: "^core/agents/" },
      { path: "^core/(pipeline|report)/" },
    ),
    rule(
      "pipeline-tells-nothing",
      "What happens next knows nothing of how it is told.",
      { path: "^core/pipeline/" },
      { path: "^core/report/" },
    ),
    rule(
      "host-knows-core",
      "What both planes need of their machine knows neither of them.",
      { path: "^host/" },
      { path: "^(app|action|cli|local|packages|core/(?!model/))" },
    ),
    rule(
      "action-knows-no-app",
      "A run knows no store and no GitHub: it asks the App.",
      { path: "^action/" },
      { path: "^(app|cli|local|packages)/" },
    ),
    rule(
      "app-knows-no-action",
      "The App drives nothing: it works out again what a run says.",
      { path: "^app/" },
      { path: "^(action|cli|local|packages)/" },
    ),
    rule(
      "driver-knows-ports",
      "The driver sees the world through its ports.",
      { path: "^action/drive/" },
      { path: "^(action/(?!drive/)|host/)" },
    ),
    rule(
      "adapters-decide-nothing",
      "An adapter keeps a port's promise; decisions are made elsewhere.",
      { path: "^(app/(store|github)|action/(workbench|llm|mcp|network|control))/" },
      { path: "^core/(pipeline|agents|report)/" },
    ),
    rule(
      "local-knows-core",
      "The embedded world starts the planes as processes, and imports neither.",
      { path: "^local/" },
      { path: "^(app|action|cli)/" },
    ),
    rule(
      "packages-stand-alone",
      "A package could be anybody's.",
      { path: "^packages/([^/]+)/" },
      { pathNot: "(^|/)(packages/$1|node_modules)/", dependencyTypesNot: ["core"] },
    ),
    rule(
      "packages-bring-what-they-need",
      "A package names what it imports in its own package.json; what its tests alone import, among its devDependencies.",
      { path: "^packages/[^/]+/src/" },
      { dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev"] },
    ),
    rule(
      "cli-starts-no-action",
      "The terminal uses the data plane's rooms; its shell runs from the bundle.",
      { path: "^cli/" },
      { path: "^action/[^/]+[.]ts$" },
    ),
    rule(
      "nobody-imports-scripts-or-tests",
      "Scripts and tests see everything and are seen by nobody.",
      { path: "^(core|host|app|action|cli|local)/" },
      { path: "^(scripts|tests|bench)/" },
    ),
    rule("resolvable", "An import that leads nowhere.", {}, { couldNotResolve: true }),
  ],
  options: {
    // Supports TypeScript below 7 only, and then finds 0 modules without a word; swc reads what we write.
    parser: "swc",
    // `import type` counts: a type is knowledge too.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    // follow.js is a browser's: it imports from where it is served.
    exclude: { path: "^(action/dist|local/example)/|/pages/follow[.]js$" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["node", "import", "types", "default"],
    },
  },
};
