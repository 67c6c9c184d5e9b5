// Realistic projects: their checks are found by their manifests and run for real, on the base and after a change, if
// the machine has the program; if not, that is what is reported.
import { afterAll, describe, expect, test } from "vitest";
import type { CommandRun } from "../../core/model/event.ts";
import { compared } from "../../core/model/own-runs.ts";
import { aWorkbench, closeAll, type Files, never, type Stand } from "./kit.ts";

afterAll(closeAll);

const lines = (...text: readonly string[]): string => `${text.join("\n")}\n`;

interface Example {
  readonly files: Files;
  /** What is found, in order of execution; the last one fails on the base. */
  readonly gates: readonly string[];
  /** Breaks something, besides what fails anyway. */
  readonly harmful: string;
  readonly harmless?: string;
  /** As a runner names them, if one does. */
  readonly failing: readonly string[];
  readonly config?: Record<string, unknown>;
}

const NODE_TEST = (bad: string): string =>
  lines(
    "const { test } = require('node:test');",
    "const assert = require('node:assert');",
    "const add = require('./add.js');",
    "test('adds', () => assert.strictEqual(add(1, 2), 3));",
    `test('old trouble', () => assert.strictEqual(add(1, 2), ${bad}));`,
  );
const NODE: Files = {
  "add.js": "module.exports = (a, b) => a + b;\n",
  "add.test.js": NODE_TEST("4"),
  ".npmrc": "fetch-retries=0\nfetch-timeout=20000\n",
};
const MANIFEST = {
  name: "a",
  version: "1.0.0",
  scripts: { lint: "node --check add.js", build: "cp add.js built.js", test: "node --test" },
};
const NODE_CHANGES = {
  harmful: "sed -i 's/a + b/a - b/' add.js",
  failing: ["adds"],
};

const PYTHON: Files = {
  "add.py": "def add(a, b):\n    return a + b\n",
  "test_add.py": lines(
    "import unittest",
    "from add import add",
    "class T(unittest.TestCase):",
    "    def test_adds(self):",
    "        self.assertEqual(add(1, 2), 3)",
    "    def test_old_trouble(self):",
    "        self.assertEqual(add(1, 2), 4)",
  ),
};
const PYTHON_CHANGES = {
  harmful: "sed -i 's/a + b/a - b/' add.py",
};

const EXAMPLES: Readonly<Record<string, Example>> = {
  npm: {
    files: { ...NODE, "package.json": JSON.stringify(MANIFEST) },
    gates: ["npm run lint", "npm run build", "npm test"],
    ...NODE_CHANGES,
    harmless: "echo '// more' >> add.js",
  },
  // Setup fetches it if the machine has a network.
  pnpm: {
    files: {
      ...NODE,
      "package.json": JSON.stringify({
        scripts: { test: "pnpm --version && node --test" },
        packageManager: "pnpm@9.15.9",
      }),
    },
    gates: ["npx --offline pnpm@9.15.9 run test"],
    config: { setup: undefined },
    ...NODE_CHANGES,
  },
  "Python with pytest": {
    files: { ...PYTHON, "pytest.ini": "[pytest]\n" },
    gates: ["python3 -m pytest"],
    ...PYTHON_CHANGES,
    failing: ["test_add.py::T::test_adds"],
  },
  "Python with tox": {
    files: {
      ...PYTHON,
      "tox.ini": lines(
        "[tox]",
        "envlist = py",
        "skipsdist = true",
        "[testenv]",
        "commands = python -m unittest",
      ),
    },
    gates: ["python3 -m tox"],
    ...PYTHON_CHANGES,
    failing: ["test_adds (test_add.T.test_adds)"],
  },
  Go: {
    files: {
      "go.mod": "module example.com/a\n\ngo 1.18\n",
      "add.go": "package a\n\nfunc Add(a, b int) int { return a + b }\n",
      "add_test.go": lines(
        "package a",
        "",
        'import "testing"',
        "",
        "func TestAdds(t *testing.T) {",
        "\tif Add(1, 2) != 3 {",
        "\t\tt.Fatal(Add(1, 2))",
        "\t}",
        "}",
        "func TestOldTrouble(t *testing.T) { t.Fatal() }",
      ),
    },
    gates: ["go vet ./...", "go build ./...", "go test ./..."],
    harmful: "sed -i 's/a + b/a - b/' add.go",
    failing: ["TestAdds"],
  },
  Rust: {
    files: {
      "Cargo.toml": '[package]\nname = "a"\nversion = "1.0.0"\nedition = "2021"\n',
      "src/lib.rs": lines(
        "pub fn add(a: i32, b: i32) -> i32 { a + b }",
        "#[cfg(test)]",
        "mod tests {",
        "    #[test] fn adds() { assert_eq!(super::add(1, 2), 3); }",
        "    #[test] fn old_trouble() { assert_eq!(super::add(1, 2), 4); }",
        "}",
      ),
    },
    gates: ["cargo build --offline", "cargo test --offline"],
    harmful: "sed -i 's/a + b/a - b/' src/lib.rs",
    failing: ["tests::adds"],
  },
  // make only reports failure and no names, so the compiler's findings are compared.
  "C with make": {
    files: {
      Makefile: lines("all: main", "main: main.c", "check:", "\t$(CC) -Wall -Werror -fsyntax-only main.c"),
      "main.c": lines("int main(void) {", "  int unused = 1;", "  return 0;", "}"),
    },
    gates: ["make all", "make check"],
    harmless: "sed -i '1i // more' main.c",
    harmful: "sed -i 's/  return 0/  int another = 2; return 0/' main.c",
    failing: [],
  },
  "C with CMake": {
    files: {
      "CMakeLists.txt": lines(
        "cmake_minimum_required(VERSION 3.10)",
        "project(a C)",
        "enable_testing()",
        "add_executable(check check.c)",
        "add_test(NAME adds COMMAND check 3)",
        "add_test(NAME old_trouble COMMAND check 4)",
      ),
      "check.c": lines(
        "#include <stdlib.h>",
        "static int add(int a, int b) { return a + b; }",
        "int main(int count, char **words) { return count == 2 && add(1, 2) == atoi(words[1]) ? 0 : 1; }",
      ),
    },
    gates: [
      "cmake -S . -B build && cmake --build build",
      "cmake -S . -B build && cmake --build build && ctest --test-dir build --output-on-failure",
    ],
    harmful: "sed -i 's/a + b/a - b/' check.c",
    failing: ["adds"],
  },
  PHP: {
    files: {
      "phpunit.xml":
        '<phpunit><testsuites><testsuite name="a"><directory>.</directory></testsuite></testsuites></phpunit>\n',
      "AddTest.php": lines(
        "<?php",
        "require_once __DIR__ . '/add.php';",
        "final class AddTest extends PHPUnit\\Framework\\TestCase {",
        "  public function testAdds(): void { $this->assertSame(3, add(1, 2)); }",
        "  public function testOldTrouble(): void { $this->assertSame(4, add(1, 2)); }",
        "}",
      ),
      "add.php": "<?php\nfunction add(int $a, int $b): int { return $a + $b; }\n",
    },
    gates: ["phpunit"],
    harmful: "sed -i 's/a + /a - /' add.php",
    failing: ["AddTest::testAdds"],
  },
  "Ruby with RSpec": {
    files: {
      ".rspec": "--require ./add.rb\n",
      "add.rb": "def add(a, b) = a + b\n",
      "spec/add_spec.rb": lines(
        "describe 'add' do",
        "  it('adds') { expect(add(1, 2)).to eq 3 }",
        "  it('has old trouble') { expect(add(1, 2)).to eq 4 }",
        "end",
      ),
    },
    gates: ["rspec"],
    harmful: "sed -i 's/a + b/a - b/' add.rb",
    failing: ["add adds"],
  },
  "Ruby with Rake": {
    files: {
      Rakefile: lines("require 'rake/testtask'", "Rake::TestTask.new { |t| t.pattern = 'test_*.rb' }"),
      "add.rb": "def add(a, b) = a + b\n",
      "test_add.rb": lines(
        "require 'minitest/autorun'",
        "require_relative 'add'",
        "class TestAdd < Minitest::Test",
        "  def test_adds = assert_equal(3, add(1, 2))",
        "  def test_old_trouble = assert_equal(4, add(1, 2))",
        "end",
      ),
    },
    gates: ["rake test"],
    harmful: "sed -i 's/a + b/a - b/' add.rb",
    failing: ["TestAdd#test_adds"],
  },
};

const options = { seconds: 120, signal: never };

describe.concurrent("L13: what checks a project is run as it is", () => {
  test.each(Object.entries(EXAMPLES))("%s", { timeout: 600_000 }, async (_, example) => {
    const { files, gates, harmless, harmful, failing, config = {} } = example;
    const stand = await aWorkbench(files, { config });
    const { detected = [], unavailable = [] } = stand.setup;
    // Each is in exactly one of the lists.
    expect(detected).toEqual(gates.filter(gate => detected.includes(gate)));
    expect(unavailable.map(({ command }) => command)).toEqual(gates.filter(gate => !detected.includes(gate)));
    if (unavailable.length > 0) return;

    const before = await stand.workbench.judge(null, gates, options);
    expect(before.map(({ exit_code }) => exit_code === 0)).toEqual([
      ...gates.slice(1).map(() => true),
      false,
    ]);
    const bench = await stand.open();
    const last = gates.slice(-1);
    if (harmless !== undefined) {
      await bench.bash(harmless);
      await bench.record();
      expect(compared(await bench.judge(last, options), before)).toEqual({ kind: "as_before", fewer: 0 });
    }
    await bench.bash(harmful);
    await bench.record();
    expect(compared(await bench.judge(last, options), before)).toMatchObject({ kind: "red", failing });
  });
});

const judged = async (stand: Stand, change: string): Promise<readonly CommandRun[]> => {
  const bench = await stand.open();
  await bench.bash(change);
  await bench.record();
  return bench.judge(stand.setup.detected ?? [], options);
};

describe.concurrent("a program that is not there", () => {
  test("is told with what would need it, and the others run", async () => {
    const stand = await aWorkbench({
      "composer.json": '{"require-dev":{"phpunit/phpunit":"11"}}',
      "phpunit.xml": "",
      "package.json": JSON.stringify({ scripts: { lint: "no-such-linter", test: "true" } }),
    });
    expect(stand.setup).toMatchObject({
      ok: true,
      // Whether a script's own programs exist is not checked.
      detected: ["npm run lint", "npm test"],
      unavailable: [{ command: "vendor/bin/phpunit", program: "phpunit" }],
    });
    const runs = await judged(stand, "true");
    expect(runs.map(({ exit_code }) => exit_code)).toEqual([127, 0]);
  });

  test("is no excuse where a change took it away", async () => {
    const setup = [
      "rm -rf ruff; ! grep -q ruff requirements.txt || { mkdir -p ruff; echo > ruff/__main__.py; }",
    ];
    const files = { "requirements.txt": "ruff\n", ".gitignore": "/ruff\n" };
    const stand = await aWorkbench(files, { config: { setup } });
    expect(stand.setup).toMatchObject({ detected: ["python3 -m ruff check"] });
    expect(stand.setup).not.toHaveProperty("unavailable");
    const [run] = await judged(stand, "echo > requirements.txt");
    expect(run).toMatchObject({ exit_code: 1, output: expect.stringContaining("No module named ruff") });
  });
});

test("L6: a server is started and asked, and ends with the command that looked at it", async () => {
  const stand = await aWorkbench({
    "server.js":
      "require('node:http').createServer((_, r) => r.writeHead(200).end('up')).listen(3000, '127.0.0.1');\n",
    "ask.js":
      "const ask = n => fetch('http://127.0.0.1:3000/health').then(r => process.exit(r.ok ? 0 : 1), () => n > 0 ? setTimeout(ask, 300, n - 1) : process.exit(2));\nask(60);\n",
  });
  const check = "node server.js & node ask.js";
  const codes = async (change: string) => {
    const bench = await stand.open();
    await bench.bash(change);
    await bench.record();
    return (await bench.judge([check, check], options)).map(({ exit_code }) => exit_code);
  };
  expect(await codes("true")).toEqual([0, 0]);
  expect(await codes("sed -i 's/200/500/' server.js")).toEqual([1, 1]);
});
