// The layers of ARCHITECTURE.md: shells -> run -> {pipeline, agents, report} -> ports -> model; adapters -> ports,
// model. `node scripts/check-layers.ts` applies them, and fails where nothing was looked at.

const PURE = "^core/(model|pipeline|agents|report)/";
const CORE = { model: "^core/model/", ports: "^core/ports([.]ts$|/)" };

const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

module.exports = {
  forbidden: [
    rule("no-cycles", "Two files that need each other are one file, or three.", {}, { circular: true }),
    rule(
      "pure-imports-no-node",
      "model, pipeline, agents and report are pure: what they need of the world is passed in.",
      { path: PURE },
      { dependencyTypes: ["core"] },
    ),
    rule(
      "pure-imports-only-zod",
      "model, pipeline, agents and report import no package but zod.",
      { path: PURE },
      { path: "node_modules/", pathNot: "node_modules/zod/" },
    ),
    rule(
      "model-knows-model",
      "The model is what everything else talks about; it talks about nothing else.",
      { path: CORE.model },
      { path: "^(?!core/model/|node_modules/)" },
    ),
    rule(
      "ports-know-model",
      "A port is a promise in the model's words.",
      { path: CORE.ports },
      { path: "^(?!core/(model|ports)/)" },
    ),
    rule(
      "pure-knows-no-world",
      "pipeline, agents and report know the ports and the model; who performs and with what is not their matter.",
      { path: PURE },
      { path: "^core/(run|adapters)/" },
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
      "run-knows-no-adapter",
      "The driver sees the world through its ports.",
      { path: "^action/drive/" },
      { path: "^core/adapters/" },
    ),
    rule(
      "adapters-know-ports-and-model",
      "An adapter keeps a port's promise; decisions are made elsewhere.",
      { path: "^core/adapters/" },
      { path: "^core/(pipeline|agents|report|run)/" },
    ),
    rule(
      "shells-do-not-mix",
      "The shells share core and nothing else; the terminal shell starts the App and the embedded world.",
      { path: "^(app|action|local)/" },
      { path: "^(app|action|cli|local)/", pathNot: "^$1/" },
    ),
    rule(
      "cli-starts-no-action",
      "Runs start the Action, from its bundle.",
      { path: "^cli/" },
      { path: "^action/" },
    ),
    rule(
      "core-knows-no-shell",
      "Nothing in core knows who starts it.",
      { path: "^core/" },
      { path: "^(app|action|cli|local)/" },
    ),
    rule(
      "nobody-imports-scripts-or-tests",
      "Scripts and tests see everything and are seen by nobody.",
      { path: "^(core|app|action|cli|local)/" },
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
    exclude: { path: "^(action/dist|local/example)/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["node", "import", "types", "default"],
    },
  },
};
