// What the stand-in hosts serve: one small package for each client on the machine.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { dirname, join } from "node:path";
import { findProgram } from "../../action/workbench/toolchain.ts";
import { aRepository, type Files, git, HOST_PATH, put as putFiles, temporary } from "../workbench/kit.ts";

const HOST = "registry.example.com";

/** The projects that request them, for clients that need one. */
export const PROJECT: Files = {
  "package.json": JSON.stringify({ name: "a", dependencies: { left: "1.0.0" } }),
  "go/go.mod": "module a\n\nrequire example.com/left v1.0.0\n",
  "go/main.go": 'package main\n\nimport "example.com/left"\n\nfunc main() { println(left.By) }\n',
  "maven/pom.xml": `<project><modelVersion>4.0.0</modelVersion><parent><groupId>example</groupId><artifactId>parent</artifactId><version>1</version></parent><artifactId>child</artifactId><packaging>pom</packaging><repositories><repository><id>central</id><url>https://${HOST}/maven</url></repository></repositories></project>`,
  "gradle/build.gradle": `
repositories { maven { url "https://\${host}/maven" } }
configurations { left }
dependencies { left "example:parent:1@pom" }
task show { doLast { println configurations.left.singleFile.text } }
`,
  "cargo/Cargo.toml": `
[package]
name = "a"
version = "1.0.0"
edition = "2018"
[dependencies]
left = { version = "1", registry = "stand-in" }
`,
  "cargo/src/main.rs": 'fn main() { println!("{}", left::BY) }\n',
};

/** Whether commands have this program. */
export const has = (program: string): boolean => findProgram(program, HOST_PATH) !== null;

/** A directory's files, by path. */
export const aRegistry = (): RequestListener => {
  const root = temporary();
  const put = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const zipped = (files: Readonly<Record<string, string>>): Buffer => {
    const script =
      "import sys, json, zipfile\nz = zipfile.ZipFile(sys.argv[1], 'w')\n[z.writestr(n, c) for n, c in json.loads(sys.argv[2]).items()]\nz.close()";
    const file = join(temporary(), "x.zip");
    execFileSync("/usr/bin/python3", ["-c", script, file, JSON.stringify(files)]);
    return readFileSync(file);
  };

  const packed = (name: string, files: Files): Buffer => {
    const above = temporary();
    putFiles(join(above, name), files);
    execFileSync("tar", ["-czf", "x.tgz", name], { cwd: above });
    return readFileSync(join(above, "x.tgz"));
  };

  const tarball = packed("package", {
    "package.json": JSON.stringify({ name: "left", version: "1.0.0" }),
    "index.js": "module.exports = 'left by npm';\n",
  });
  put("npm/left-1.0.0.tgz", tarball);
  const dist = {
    tarball: `https://${HOST}/npm/left-1.0.0.tgz`,
    integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
  };
  const versions = { "1.0.0": { name: "left", version: "1.0.0", dist } };
  put("npm/left", JSON.stringify({ name: "left", "dist-tags": { latest: "1.0.0" }, versions }));

  const crate = packed("left-1.0.0", {
    "Cargo.toml": '[package]\nname = "left"\nversion = "1.0.0"\nedition = "2018"\n',
    "src/lib.rs": 'pub const BY: &str = "left by cargo";\n',
  });
  put("cargo/left/1.0.0/download", crate);
  put("cargo/config.json", JSON.stringify({ dl: `https://${HOST}/cargo` }));
  const cksum = createHash("sha256").update(crate).digest("hex");
  put(
    "cargo/le/ft/left",
    JSON.stringify({ name: "left", vers: "1.0.0", deps: [], features: {}, yanked: false, cksum }),
  );

  const info = "left-1.0.0.dist-info";
  const wheel = "left-1.0.0-py3-none-any.whl";
  put(
    `files/${wheel}`,
    zipped({
      "left.py": "print('left by pip')\n",
      [`${info}/METADATA`]: "Metadata-Version: 2.1\nName: left\nVersion: 1.0.0\n",
      [`${info}/WHEEL`]: "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
      [`${info}/RECORD`]: "",
    }),
  );
  put("simple/left/index.html", `<a href="/files/${wheel}">${wheel}</a>`);

  const module = "example.com/left@v1.0.0";
  put(
    "go/example.com/left/@v/v1.0.0.info",
    JSON.stringify({ Version: "v1.0.0", Time: "2024-01-01T00:00:00Z" }),
  );
  put("go/example.com/left/@v/v1.0.0.mod", "module example.com/left\n");
  put(
    "go/example.com/left/@v/v1.0.0.zip",
    zipped({
      [`${module}/go.mod`]: "module example.com/left\n",
      [`${module}/left.go`]: 'package left\n\nconst By = "left by go"\n',
    }),
  );

  const repository = aRepository({ "left.txt": "left by git\n" });
  git(repository.path, "clone", "--quiet", "--bare", ".", join(root, "left.git"));
  git(join(root, "left.git"), "update-server-info");

  put(
    "maven/example/parent/1/parent-1.pom",
    `<project><modelVersion>4.0.0</modelVersion><groupId>example</groupId><artifactId>parent</artifactId><version>1</version><packaging>pom</packaging><description>left by maven</description></project>`,
  );

  return ({ url = "/" }, response) => {
    const path = new URL(url, `https://${HOST}`).pathname.replace(/\/$/, "/index.html");
    const file = join(root, path);
    if (path === "/hello") return void response.end("hello\n");
    if (!existsSync(file) || !statSync(file).isFile()) return void response.writeHead(404).end();
    if (file.endsWith(".html")) response.setHeader("content-type", "text/html");
    response.end(readFileSync(file));
  };
};
