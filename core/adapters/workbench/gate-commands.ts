// Which commands check a project where the config names none: by the manifests at its root. Pure.
import * as z from "zod";
import { hasVenv, type RootFile } from "./setup-commands.ts";

export const detectGates = (file: RootFile): readonly string[] => [
  ...nodeGates(file("package.json")),
  ...pythonGates(file),
  ...OTHERS.filter(([manifest]) => file(manifest) !== null).flatMap(([, gates]) => gates),
];

const Manifest = z.object({ scripts: z.record(z.string(), z.string()).catch({}) });

const SCRIPTS = ["lint", "typecheck", "types", "test"];

/** A script that goes on watching never ends, and npm's own first `test` always fails. */
const nodeGates = (text: string | null): readonly string[] => {
  const scripts = scriptsIn(text);
  return SCRIPTS.filter(name => {
    const script = scripts[name];
    return script !== undefined && !/--watch\b|no test specified/.test(script);
  }).map(name => (name === "test" ? "npm test" : `npm run ${name}`));
};

const scriptsIn = (text: string | null): Readonly<Record<string, string>> => {
  try {
    return Manifest.safeParse(JSON.parse(text ?? "null")).data?.scripts ?? {};
  } catch {
    return {};
  }
};

/** Where setup makes a virtual environment, commands come from there. */
const pythonGates = (file: RootFile): readonly string[] => {
  const text = [file("requirements.txt"), file("pyproject.toml")].join("\n").toLowerCase();
  const python = hasVenv(file) ? ".venv/bin/python" : "python3";
  return [
    ...(namesPackage(text, "ruff") ? [`${python} -m ruff check`] : []),
    ...(namesPackage(text, "pytest") ? [`${python} -m pytest`] : []),
  ];
};

/** Whether a list of requirements, in lower case, has it. */
export const namesPackage = (text: string, name: string): boolean =>
  text.split(/[^\w-]+/).includes(name.toLowerCase());

const OTHERS: readonly (readonly [manifest: string, gates: readonly string[]])[] = [
  ["go.mod", ["go vet ./...", "go test ./..."]],
  ["Cargo.toml", ["cargo test --offline"]],
  ["pom.xml", ["mvn --offline test"]],
  ["build.gradle", ["./gradlew --offline test"]],
  ["build.gradle.kts", ["./gradlew --offline test"]],
];
