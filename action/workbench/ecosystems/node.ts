// JavaScript: the scripts of package.json, run by the manager whose lock file is there or that it names. Pure.
import {
  type Ecosystem,
  type Gate,
  hasLine,
  type Kind,
  namesIn,
  parseObject,
  type Root,
} from "./ecosystem.ts";

const LOCKS: readonly (readonly [lock: string, manager: Manager])[] = [
  ["package-lock.json", "npm"],
  ["npm-shrinkwrap.json", "npm"],
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
];

export const NODE: Ecosystem = {
  manifests: ["package.json", "pnpm-workspace.yaml", ...LOCKS.map(([lock]) => lock)],

  setup: root => {
    const text = root.file("package.json");
    if (text === null) return [];
    const manager = managerOf(root);
    if (manager === null) {
      const isLocked = root.file("package-lock.json") !== null || root.file("npm-shrinkwrap.json") !== null;
      if (!hasDependencies(text)) return [];
      return [isLocked ? "npm ci" : "npm install --no-package-lock"];
    }
    const isNeeded =
      hasDependencies(text) || root.file("pnpm-workspace.yaml") !== null || scriptsIn(text).length > 0;
    return isNeeded ? [`npx --yes ${manager.spec} ${manager.install}`] : [];
  },

  gates: root => {
    const scripts = scriptsIn(root.file("package.json"));
    const manager = managerOf(root);
    if (manager === null)
      return scripts.map(([name, kind]) => ({
        kind,
        command: name === "test" ? "npm test" : `npm run ${name}`,
        program: "npm",
        look: "command -v npm",
      }));
    const { program, spec } = manager;
    // From npm's cache, where setup left it: a check has no network.
    const run = `npx --offline ${spec}`;
    return scripts.map(
      ([name, kind]): Gate => ({ kind, command: `${run} run ${name}`, program, look: `${run} --version` }),
    );
  },
};

const SCRIPTS: readonly (readonly [name: string, kind: Kind])[] = [
  ["lint", "static"],
  ["typecheck", "static"],
  ["type-check", "static"],
  ["types", "static"],
  ["build", "build"],
  ["test", "test"],
];

/** Leaves out scripts that keep watching and never end, and npm's initial `test`, which always fails. */
const scriptsIn = (text: string | null): typeof SCRIPTS => {
  const { scripts } = parseObject(text);
  return SCRIPTS.filter(([name]) => {
    const script = namesIn(scripts).includes(name) ? (scripts as Record<string, unknown>)[name] : undefined;
    return typeof script === "string" && !/--watch\b|no test specified/.test(script);
  });
};

const DEPENDENCIES = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

const hasDependencies = (text: string): boolean => {
  const manifest = parseObject(text);
  return "workspaces" in manifest || DEPENDENCIES.some(key => namesIn(manifest[key]).length > 0);
};

type Manager = "npm" | "pnpm" | "yarn" | "bun";

interface Fetched {
  readonly program: Exclude<Manager, "npm">;
  /** What npx is told to run: the version that the project names, or the one that wrote its lock file. */
  readonly spec: string;
  readonly install: string;
}

/** Null for npm, the only one of the four that every machine has; npx fetches the others. */
const managerOf = ({ file }: Root): Fetched | null => {
  const { packageManager } = parseObject(file("package.json"));
  const [named, version = null] =
    /^(npm|pnpm|yarn|bun)@(\d[\w.-]*)/.exec(String(packageManager))?.slice(1) ?? [];
  const program = (named ?? LOCKS.find(([lock]) => file(lock) !== null)?.[1] ?? "npm") as Manager;
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
          install: `install ${lock === null ? "--no-lockfile" : "--frozen-lockfile"}`,
        };
      return {
        program,
        spec: `--package=@yarnpkg/cli-dist@${version ?? "4"} yarn`,
        install: `install ${lock === null ? "--no-immutable" : "--immutable"}`,
      };
    }
    case "bun": {
      const isLocked = file("bun.lock") !== null || file("bun.lockb") !== null;
      return {
        program,
        spec: `bun@${version ?? "1"}`,
        install: `install ${isLocked ? "--frozen-lockfile" : "--no-save"}`,
      };
    }
    default:
      return program satisfies never;
  }
};

/** By the version of the lock file's format. */
const pnpmOf = (lock: string | null): string => {
  const format = /^lockfileVersion:\s{0,5}['"]?(\d+)/m.exec(lock ?? "")?.[1];
  if (format === "6") return "8";
  return format === "5" ? "7" : "9";
};
