// Languages with their own build tool: Go, Rust, Java, .NET, Elixir, Swift, C. Pure.
import { type Ecosystem, gatesOf, has, hasLine, type Kind, keysOf, NONE, type Root } from "./ecosystem.ts";

export const GO: Ecosystem = {
  manifests: ["go.mod"],
  setup: ({ file }) =>
    hasLine(file("go.mod"), /^\s*(?:require\b|[\w.-]+\.[a-z]+\/\S+ v\d)/) ? ["go mod download"] : [],
  gates: root =>
    has(root, "go.mod")
      ? gatesOf("go", [
          ["static", "go vet ./..."],
          ["build", "go build ./..."],
          ["test", "go test ./..."],
        ])
      : [],
};

const CLIPPY = ["lints.clippy", "workspace.lints.clippy"];

export const RUST: Ecosystem = {
  manifests: ["Cargo.toml", "clippy.toml", ".clippy.toml"],
  setup: ({ file }) =>
    hasLine(file("Cargo.toml"), /^\[(?:[\w.'"()-]*\.)?(?:(?:dev|build)-)?dependencies[.\]]|^\[workspace\]/)
      ? ["cargo fetch"]
      : [],
  gates: root => {
    if (!has(root, "Cargo.toml")) return [];
    const isConfigured =
      has(root, "clippy.toml", ".clippy.toml") ||
      CLIPPY.some(table => keysOf(root.file("Cargo.toml"), table).length > 0);
    return [
      ...(isConfigured ? gatesOf("cargo-clippy", [["static", "cargo clippy --offline --all-targets"]]) : []),
      ...gatesOf("cargo", [
        ["build", "cargo build --offline"],
        ["test", "cargo test --offline"],
      ]),
    ];
  },
};

/** A wrapper brings the build tool and needs only Java. */
const wrapped = (
  root: Root,
  { program, wrapper, flags }: { readonly program: string; readonly wrapper: string; readonly flags: string },
): { readonly run: string; readonly needs: string } =>
  has(root, wrapper)
    ? { run: `sh ./${wrapper} ${flags}`, needs: "java" }
    : { run: `${program} ${flags}`, needs: program };

const mavenOf = (root: Root) => wrapped(root, { program: "mvn", wrapper: "mvnw", flags: "--batch-mode" });

export const MAVEN: Ecosystem = {
  manifests: ["pom.xml", "mvnw"],
  setup: root => (has(root, "pom.xml") ? [`${mavenOf(root).run} dependency:go-offline`] : []),
  gates: root => {
    const { run, needs } = mavenOf(root);
    return has(root, "pom.xml")
      ? gatesOf(needs, [
          ["build", `${run} --offline test-compile`],
          ["test", `${run} --offline test`],
        ])
      : [];
  },
};

const gradleOf = (root: Root) =>
  wrapped(root, { program: "gradle", wrapper: "gradlew", flags: "--no-daemon" });
const isGradle = (root: Root): boolean => has(root, "gradlew", "build.gradle", "build.gradle.kts");

export const GRADLE: Ecosystem = {
  manifests: ["build.gradle", "build.gradle.kts", "gradlew"],
  setup: root => (isGradle(root) && !has(root, "pom.xml") ? [`${gradleOf(root).run} testClasses`] : []),
  gates: root => {
    const { run, needs } = gradleOf(root);
    return isGradle(root) && !has(root, "pom.xml")
      ? gatesOf(needs, [
          ["build", `${run} --offline testClasses`],
          ["test", `${run} --offline test`],
        ])
      : [];
  },
};

/** At the root, where `dotnet` finds it by itself. */
const isDotnet = ({ names }: Root): boolean => names.some(name => /^[^/]+\.(?:slnx?|[cf]sproj)$/.test(name));

export const DOTNET: Ecosystem = {
  manifests: [],
  setup: root => (isDotnet(root) ? ["dotnet restore"] : []),
  gates: root =>
    isDotnet(root)
      ? gatesOf("dotnet", [
          ["build", "dotnet build --no-restore"],
          ["test", "dotnet test --no-restore"],
        ])
      : [],
};

export const ELIXIR: Ecosystem = {
  manifests: ["mix.exs"],
  setup: ({ file }) => (hasLine(file("mix.exs"), /^\s*\{:\w+\s*,/) ? ["mix deps.get"] : []),
  gates: NONE,
};

export const SWIFT: Ecosystem = {
  manifests: ["Package.swift"],
  setup: ({ file }) => (hasLine(file("Package.swift"), /\.package\(/) ? ["swift package resolve"] : []),
  gates: NONE,
};

const CMAKE_BUILD = "cmake -S . -B build && cmake --build build";

export const CMAKE: Ecosystem = {
  manifests: ["CMakeLists.txt"],
  setup: NONE,
  gates: root => {
    const lists = root.file("CMakeLists.txt");
    if (lists === null) return [];
    const hasTests = hasLine(lists, /^\s*(?:enable_testing\s*\(|include\s*\(\s*CTest\b)/i);
    return gatesOf("cmake", [
      ["build", CMAKE_BUILD],
      ...(hasTests
        ? [["test", `${CMAKE_BUILD} && ctest --test-dir build --output-on-failure`] as const]
        : []),
    ]);
  },
};

const MAKEFILES = ["GNUmakefile", "makefile", "Makefile"];
const TARGET = /^(all|build|lint|check|test)[ \t]*::?(?![:=])([^=]*)$/;

/**
 * Only if nothing else at the root says anything: beside another tool's manifests a Makefile is just another way to
 * start that tool.
 */
export const MAKE: Ecosystem = {
  manifests: MAKEFILES,
  setup: NONE,
  gates: ({ file }) => {
    const text = MAKEFILES.map(file).find(found => found !== null) ?? "";
    const targets = new Map(
      text.split("\n").flatMap(line => {
        const [, target = "", before = ""] = TARGET.exec(line) ?? [];
        return target === "" ? [] : [[target, before.split(/[\s;]+/)] as const];
      }),
    );
    const isThere = (target: string): boolean => targets.has(target);
    /** Targets that another tool brings anyway. */
    const isBrought = (target: string): boolean =>
      ["lint", "check", "test"].some(other => other !== target && targets.get(other)?.includes(target));
    const build = ["build", "all"].find(isThere);
    const rows: readonly (readonly [kind: Kind, target: string | undefined])[] = [
      ["static", "lint"],
      ["build", build],
      ["test", "check"],
      ["test", "test"],
    ];
    return gatesOf(
      "make",
      rows.flatMap(([kind, target]) =>
        target !== undefined && isThere(target) && !isBrought(target)
          ? [[kind, `make ${target}`] as const]
          : [],
      ),
    );
  },
};
