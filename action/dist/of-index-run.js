// node_modules/@actions/core/lib/command.js
import * as os from "os";

// node_modules/@actions/core/lib/utils.js
function toCommandValue(input) {
  if (input === null || input === void 0) {
    return "";
  } else if (typeof input === "string" || input instanceof String) {
    return input;
  }
  return JSON.stringify(input);
}
function toCommandProperties(annotationProperties) {
  if (!Object.keys(annotationProperties).length) {
    return {};
  }
  return {
    title: annotationProperties.title,
    file: annotationProperties.file,
    line: annotationProperties.startLine,
    endLine: annotationProperties.endLine,
    col: annotationProperties.startColumn,
    endColumn: annotationProperties.endColumn
  };
}

// node_modules/@actions/core/lib/command.js
function issueCommand(command, properties, message) {
  const cmd = new Command(command, properties, message);
  process.stdout.write(cmd.toString() + os.EOL);
}
var CMD_STRING = "::";
var Command = class {
  constructor(command, properties, message) {
    if (!command) {
      command = "missing.command";
    }
    this.command = command;
    this.properties = properties;
    this.message = message;
  }
  toString() {
    let cmdStr = CMD_STRING + this.command;
    if (this.properties && Object.keys(this.properties).length > 0) {
      cmdStr += " ";
      let first = true;
      for (const key in this.properties) {
        if (this.properties.hasOwnProperty(key)) {
          const val = this.properties[key];
          if (val) {
            if (first) {
              first = false;
            } else {
              cmdStr += ",";
            }
            cmdStr += `${key}=${escapeProperty(val)}`;
          }
        }
      }
    }
    cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
    return cmdStr;
  }
};
function escapeData(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}
function escapeProperty(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/:/g, "%3A").replace(/,/g, "%2C");
}

// node_modules/@actions/core/lib/file-command.js
import * as crypto from "crypto";
import * as fs from "fs";
import * as os2 from "os";
function issueFileCommand(command, message) {
  const filePath = process.env[`GITHUB_${command}`];
  if (!filePath) {
    throw new Error(`Unable to find environment variable for file command ${command}`);
  }
  if (!fs.existsSync(filePath)) {
    throw new Error(`Missing file at path: ${filePath}`);
  }
  fs.appendFileSync(filePath, `${toCommandValue(message)}${os2.EOL}`, {
    encoding: "utf8"
  });
}
function prepareKeyValueMessage(key, value) {
  const delimiter2 = `ghadelimiter_${crypto.randomUUID()}`;
  const convertedValue = toCommandValue(value);
  if (key.includes(delimiter2)) {
    throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter2}"`);
  }
  if (convertedValue.includes(delimiter2)) {
    throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter2}"`);
  }
  return `${key}<<${delimiter2}${os2.EOL}${convertedValue}${os2.EOL}${delimiter2}`;
}

// node_modules/@actions/core/lib/core.js
import * as os4 from "os";

// node_modules/@actions/core/lib/summary.js
import { EOL as EOL3 } from "os";
import { constants, promises } from "fs";
var __awaiter = function(thisArg, _arguments, P, generator) {
  function adopt(value) {
    return value instanceof P ? value : new P(function(resolve) {
      resolve(value);
    });
  }
  return new (P || (P = Promise))(function(resolve, reject) {
    function fulfilled(value) {
      try {
        step(generator.next(value));
      } catch (e) {
        reject(e);
      }
    }
    function rejected(value) {
      try {
        step(generator["throw"](value));
      } catch (e) {
        reject(e);
      }
    }
    function step(result) {
      result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
    }
    step((generator = generator.apply(thisArg, _arguments || [])).next());
  });
};
var { access, appendFile, writeFile } = promises;
var SUMMARY_ENV_VAR = "GITHUB_STEP_SUMMARY";
var Summary = class {
  constructor() {
    this._buffer = "";
  }
  /**
   * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
   * Also checks r/w permissions.
   *
   * @returns step summary file path
   */
  filePath() {
    return __awaiter(this, void 0, void 0, function* () {
      if (this._filePath) {
        return this._filePath;
      }
      const pathFromEnv = process.env[SUMMARY_ENV_VAR];
      if (!pathFromEnv) {
        throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
      }
      try {
        yield access(pathFromEnv, constants.R_OK | constants.W_OK);
      } catch (_a) {
        throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
      }
      this._filePath = pathFromEnv;
      return this._filePath;
    });
  }
  /**
   * Wraps content in an HTML tag, adding any HTML attributes
   *
   * @param {string} tag HTML tag to wrap
   * @param {string | null} content content within the tag
   * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
   *
   * @returns {string} content wrapped in HTML element
   */
  wrap(tag, content, attrs = {}) {
    const htmlAttrs = Object.entries(attrs).map(([key, value]) => ` ${key}="${value}"`).join("");
    if (!content) {
      return `<${tag}${htmlAttrs}>`;
    }
    return `<${tag}${htmlAttrs}>${content}</${tag}>`;
  }
  /**
   * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
   *
   * @param {SummaryWriteOptions} [options] (optional) options for write operation
   *
   * @returns {Promise<Summary>} summary instance
   */
  write(options) {
    return __awaiter(this, void 0, void 0, function* () {
      const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
      const filePath = yield this.filePath();
      const writeFunc = overwrite ? writeFile : appendFile;
      yield writeFunc(filePath, this._buffer, { encoding: "utf8" });
      return this.emptyBuffer();
    });
  }
  /**
   * Clears the summary buffer and wipes the summary file
   *
   * @returns {Summary} summary instance
   */
  clear() {
    return __awaiter(this, void 0, void 0, function* () {
      return this.emptyBuffer().write({ overwrite: true });
    });
  }
  /**
   * Returns the current summary buffer as a string
   *
   * @returns {string} string of summary buffer
   */
  stringify() {
    return this._buffer;
  }
  /**
   * If the summary buffer is empty
   *
   * @returns {boolen} true if the buffer is empty
   */
  isEmptyBuffer() {
    return this._buffer.length === 0;
  }
  /**
   * Resets the summary buffer without writing to summary file
   *
   * @returns {Summary} summary instance
   */
  emptyBuffer() {
    this._buffer = "";
    return this;
  }
  /**
   * Adds raw text to the summary buffer
   *
   * @param {string} text content to add
   * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
   *
   * @returns {Summary} summary instance
   */
  addRaw(text, addEOL = false) {
    this._buffer += text;
    return addEOL ? this.addEOL() : this;
  }
  /**
   * Adds the operating system-specific end-of-line marker to the buffer
   *
   * @returns {Summary} summary instance
   */
  addEOL() {
    return this.addRaw(EOL3);
  }
  /**
   * Adds an HTML codeblock to the summary buffer
   *
   * @param {string} code content to render within fenced code block
   * @param {string} lang (optional) language to syntax highlight code
   *
   * @returns {Summary} summary instance
   */
  addCodeBlock(code, lang) {
    const attrs = Object.assign({}, lang && { lang });
    const element = this.wrap("pre", this.wrap("code", code), attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML list to the summary buffer
   *
   * @param {string[]} items list of items to render
   * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
   *
   * @returns {Summary} summary instance
   */
  addList(items, ordered = false) {
    const tag = ordered ? "ol" : "ul";
    const listItems = items.map((item) => this.wrap("li", item)).join("");
    const element = this.wrap(tag, listItems);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML table to the summary buffer
   *
   * @param {SummaryTableCell[]} rows table rows
   *
   * @returns {Summary} summary instance
   */
  addTable(rows) {
    const tableBody = rows.map((row) => {
      const cells = row.map((cell) => {
        if (typeof cell === "string") {
          return this.wrap("td", cell);
        }
        const { header, data, colspan, rowspan } = cell;
        const tag = header ? "th" : "td";
        const attrs = Object.assign(Object.assign({}, colspan && { colspan }), rowspan && { rowspan });
        return this.wrap(tag, data, attrs);
      }).join("");
      return this.wrap("tr", cells);
    }).join("");
    const element = this.wrap("table", tableBody);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds a collapsable HTML details element to the summary buffer
   *
   * @param {string} label text for the closed state
   * @param {string} content collapsable content
   *
   * @returns {Summary} summary instance
   */
  addDetails(label, content) {
    const element = this.wrap("details", this.wrap("summary", label) + content);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML image tag to the summary buffer
   *
   * @param {string} src path to the image you to embed
   * @param {string} alt text description of the image
   * @param {SummaryImageOptions} options (optional) addition image attributes
   *
   * @returns {Summary} summary instance
   */
  addImage(src, alt, options) {
    const { width, height } = options || {};
    const attrs = Object.assign(Object.assign({}, width && { width }), height && { height });
    const element = this.wrap("img", null, Object.assign({ src, alt }, attrs));
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML section heading element
   *
   * @param {string} text heading text
   * @param {number | string} [level=1] (optional) the heading level, default: 1
   *
   * @returns {Summary} summary instance
   */
  addHeading(text, level) {
    const tag = `h${level}`;
    const allowedTag = ["h1", "h2", "h3", "h4", "h5", "h6"].includes(tag) ? tag : "h1";
    const element = this.wrap(allowedTag, text);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML thematic break (<hr>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addSeparator() {
    const element = this.wrap("hr", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML line break (<br>) to the summary buffer
   *
   * @returns {Summary} summary instance
   */
  addBreak() {
    const element = this.wrap("br", null);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML blockquote to the summary buffer
   *
   * @param {string} text quote text
   * @param {string} cite (optional) citation url
   *
   * @returns {Summary} summary instance
   */
  addQuote(text, cite) {
    const attrs = Object.assign({}, cite && { cite });
    const element = this.wrap("blockquote", text, attrs);
    return this.addRaw(element).addEOL();
  }
  /**
   * Adds an HTML anchor tag to the summary buffer
   *
   * @param {string} text link text/content
   * @param {string} href hyperlink
   *
   * @returns {Summary} summary instance
   */
  addLink(text, href) {
    const element = this.wrap("a", text, { href });
    return this.addRaw(element).addEOL();
  }
};
var _summary = new Summary();
var summary = _summary;

// node_modules/@actions/core/lib/platform.js
import os3 from "os";

// node_modules/@actions/io/lib/io-util.js
import * as fs2 from "fs";
var { chmod, copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir, stat, symlink, unlink } = fs2.promises;
var IS_WINDOWS = process.platform === "win32";
var READONLY = fs2.constants.O_RDONLY;

// node_modules/@actions/exec/lib/toolrunner.js
var IS_WINDOWS2 = process.platform === "win32";

// node_modules/@actions/core/lib/platform.js
var platform = os3.platform();
var arch = os3.arch();

// node_modules/@actions/core/lib/core.js
var ExitCode;
(function(ExitCode2) {
  ExitCode2[ExitCode2["Success"] = 0] = "Success";
  ExitCode2[ExitCode2["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
function setSecret(secret) {
  issueCommand("add-mask", {}, secret);
}
function getInput(name, options) {
  const val = process.env[`INPUT_${name.replace(/ /g, "_").toUpperCase()}`] || "";
  if (options && options.required && !val) {
    throw new Error(`Input required and not supplied: ${name}`);
  }
  if (options && options.trimWhitespace === false) {
    return val;
  }
  return val.trim();
}
function setOutput(name, value) {
  const filePath = process.env["GITHUB_OUTPUT"] || "";
  if (filePath) {
    return issueFileCommand("OUTPUT", prepareKeyValueMessage(name, value));
  }
  process.stdout.write(os4.EOL);
  issueCommand("set-output", { name }, toCommandValue(value));
}
function setFailed(message) {
  process.exitCode = ExitCode.Failure;
  error(message);
}
function debug(message) {
  issueCommand("debug", {}, message);
}
function error(message, properties = {}) {
  issueCommand("error", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function warning(message, properties = {}) {
  issueCommand("warning", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function notice(message, properties = {}) {
  issueCommand("notice", toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
function info(message) {
  process.stdout.write(message + os4.EOL);
}

// action/workbench/find-sandbox.ts
import { spawn } from "node:child_process";

// action/workbench/rights.ts
import { randomInt } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { stat as stat2 } from "node:fs/promises";
import { dirname } from "node:path";
var OF_NOBODY_ELSE = { first: 61e3, behind: 65e3 };
var rightsOfSandboxes = () => process.getuid?.() === 0 ? ofNobodyElse(usersOfProcesses()) : null;
var ofNobodyElse = (busy) => {
  const { first, behind } = OF_NOBODY_ELSE;
  const free = Array.from({ length: behind - first }, (_, at) => first + at).filter((id2) => !busy.has(id2));
  const id = free[randomInt(free.length)];
  return { uid: id, gid: id };
};
var usersOfProcesses = () => new Set(
  readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid)
);
var canEnter = async (directory, rights) => {
  if (rights === null) return true;
  for (let at = directory; ; at = dirname(at)) {
    const found = await stat2(at).catch(() => null);
    if (found === null || (found.mode & 1) === 0) return false;
    if (dirname(at) === at) return true;
  }
};
var canRead = async (path, rights) => {
  if (rights === null) return true;
  const found = await stat2(path).catch(() => null);
  const wanted = found?.isDirectory() ? 5 : 4;
  return found !== null && (found.mode & wanted) === wanted && canEnter(dirname(path), rights);
};

// action/workbench/toolchain.ts
import { accessSync, constants as constants3, realpathSync, statSync as statSync2 } from "node:fs";
import { stat as stat3 } from "node:fs/promises";
import { userInfo } from "node:os";
import { basename, delimiter, dirname as dirname2, isAbsolute, join, normalize } from "node:path";

// action/workbench/protocol.ts
var WORK = "/work";
var HOME = "/home/kin";
var TREE = "/tree";
var SCRATCH = "/tmp";
var asInside = (text, { work, tmp }) => work === WORK ? text : text.replaceAll(work, WORK).replaceAll(tmp, SCRATCH);
var DEFAULT_SECONDS = 120;
var MAX_SECONDS = 600;

// action/workbench/toolchain.ts
var SYSTEM = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
var findToolchain = async (path, options) => {
  const entries = [];
  const left_out = [];
  for (const entry of new Set(path.split(delimiter).filter(isAbsolute).map(plain))) {
    if (isForbidden(entry, options.forbidden) || !await isDirectory2(entry)) continue;
    const visible = !COVERED.test(entry) && await canRead(entry, options.rights);
    (visible ? entries : left_out).push(entry);
  }
  const mounts = /* @__PURE__ */ new Set();
  const env = {};
  for (const entry of entries) {
    const { mount, set } = planFor(entry, options.home);
    for (const directory of mount)
      if (await isDirectory2(directory) && await canRead(directory, options.rights)) mounts.add(directory);
    for (const [name, directory] of Object.entries(set))
      if (await isDirectory2(directory)) env[name] = directory;
  }
  return {
    path: [.../* @__PURE__ */ new Set([...entries, ...SYSTEM])],
    mounts: outermost([...mounts]),
    env,
    left_out
  };
};
var COVERED = /^\/(?:tmp|var\/tmp|work|home\/kin|proc|dev|run)(?:\/|$)/;
var homeOfUser = () => {
  try {
    return userInfo().homedir;
  } catch {
    return "/nonexistent";
  }
};
var plain = (path) => normalize(path).replace(/(?<=.)\/+$/, "");
var isForbidden = (entry, forbidden) => entry.split("/").includes("node_modules") || // guard: programs-of-packages
forbidden.some((root) => entry === root || entry.startsWith(`${root}/`));
var planFor = (entry, home) => {
  if (/^\/(?:usr|bin|sbin|lib\d*)(?:\/|$)/.test(entry)) return { mount: [], set: {} };
  if (entry.startsWith("/nix/")) return { mount: ["/nix/store", entry], set: {} };
  const pyenv = /^(.*\/\.?pyenv)\/(?:bin|shims|plugins\/.*)$/.exec(entry)?.[1];
  if (pyenv !== void 0) return { mount: [pyenv], set: { PYENV_ROOT: pyenv } };
  if (entry.endsWith("/.cargo/bin")) {
    const rustup = join(dirname2(dirname2(entry)), ".rustup");
    return { mount: [entry, rustup], set: { RUSTUP_HOME: rustup } };
  }
  const above = dirname2(entry);
  if (isBelowHome(entry, home) && !KEEPERS.test(entry)) return { mount: [entry], set: {} };
  const roomy = ["bin", "sbin", "shims"].includes(basename(entry)) && depth(above) > 1;
  return { mount: [roomy ? above : entry], set: {} };
};
var KEEPERS = /\/(?:\.nvm|\.volta|\.sdkman|\.asdf|\.rbenv|\.nodenv|\.goenv|\.jenv|\.fnm|fnm|mise|hostedtoolcache)\//;
var isBelowHome = (path, home) => [home, "/root"].some((root) => path.startsWith(`${root}/`)) || /^\/(?:home|Users)\/[^/]+\//.test(path);
var depth = (path) => path.split("/").filter(Boolean).length;
var outermost = (mounts) => mounts.filter((mount) => !mounts.some((other) => mount.startsWith(`${other}/`))).sort();
var isDirectory2 = (path) => stat3(path).then(
  (found) => found.isDirectory(),
  () => false
);
var findProgram = (name, path) => {
  for (const entry of path.split(delimiter).filter(isAbsolute)) {
    const candidate = join(entry, name);
    try {
      accessSync(candidate, constants3.X_OK);
      if (statSync2(candidate).isFile()) return realpathSync(candidate);
    } catch {
    }
  }
  return null;
};
var sandboxEnvironment = (toolchain, place = { work: WORK, home: HOME }) => ({
  PATH: [join(place.work, ".venv/bin"), ...toolchain.path].join(delimiter),
  HOME: place.home,
  LANG: "C.UTF-8",
  TERM: "dumb",
  CI: "true",
  CARGO_HOME: join(place.home, ".cargo"),
  GOPATH: join(place.home, "go"),
  ...place.tmp === void 0 ? {} : { TMPDIR: place.tmp },
  ...toolchain.env
});
var MACHINE_TRUSTS = "/etc/ssl/certs/ca-certificates.crt";
var certificateEnvironment = async () => {
  const file = MACHINE_TRUSTS;
  if (!await stat3(file).then(
    (found) => found.isFile(),
    () => false
  ))
    return {};
  return {
    NODE_EXTRA_CA_CERTS: file,
    SSL_CERT_FILE: file,
    PIP_CERT: file,
    REQUESTS_CA_BUNDLE: file,
    CARGO_HTTP_CAINFO: file
  };
};

// action/workbench/find-sandbox.ts
var findSandbox = async (path) => {
  const program = findProgram("bwrap", path);
  if (program === null) return { ok: false, reason: "bubblewrap (`bwrap`) is not installed", hint: INSTALL };
  const rights = rightsOfSandboxes();
  const attempt = (newest) => execute(program, trial(newest), rights);
  let { code, output } = await attempt(true);
  if (code !== 0 && output.includes("Unknown option")) ({ code, output } = await attempt(false));
  if (code === 0) return { ok: true };
  if (rights !== null && code === null)
    return {
      ok: false,
      reason: `Kin runs as root and cannot drop its rights: ${output.trim()}`,
      hint: AS_A_USER
    };
  return {
    ok: false,
    reason: `bubblewrap does not start: ${output.trim().slice(-500) || `exit ${code}`}`,
    hint: ALLOW
  };
};
var readFeatures = async (program) => {
  const { output } = await execute(program, ["--help"], null);
  return new Set(output.match(/--[a-z0-9-]+/g) ?? []);
};
var trial = (newest) => [
  ..."--unshare-all --unshare-user --uid 1000 --gid 1000 --die-with-parent --as-pid-1 --new-session".split(
    " "
  ),
  ...newest ? ["--disable-userns"] : [],
  ..."--clearenv --cap-drop ALL --ro-bind / / --proc /proc --dev /dev --tmpfs /tmp -- /bin/bash -c :".split(
    " "
  )
];
var INSTALL = "Install it: sudo apt-get update && sudo apt-get install -y bubblewrap ripgrep";
var AS_A_USER = "Run Kin as an ordinary user (in a container: docker run --user 1000). Or let the container map the users 61000 to 64999, and have bwrap where others may run it.";
var ALLOW = `The machine refuses unprivileged user namespaces. On Ubuntu 23.10 and later write this to /etc/apparmor.d/bwrap and run \`sudo systemctl reload apparmor\`:

abi <abi/4.0>,
include <tunables/global>
profile bwrap /usr/bin/bwrap flags=(unconfined) { userns, }

Elsewhere: sysctl kernel.unprivileged_userns_clone=1 (Debian), user.max_user_namespaces above 0 (RHEL); in a container, run it with user namespaces and an unmasked /proc, or run Kin outside of it.`;
var execute = (program, args, rights) => new Promise((resolve) => {
  const child = spawn(program, args, {
    cwd: "/",
    env: {},
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 1e4,
    ...rights ?? {}
  });
  let output = "";
  child.stdout.on("data", (chunk) => output += chunk.toString("utf8"));
  child.stderr.on("data", (chunk) => output += chunk.toString("utf8"));
  child.on("error", (error2) => resolve({ code: null, output: error2.message }));
  child.on("close", (code) => resolve({ code: code ?? 1, output }));
});

export {
  summary,
  setSecret,
  getInput,
  setOutput,
  setFailed,
  debug,
  warning,
  notice,
  info,
  rightsOfSandboxes,
  canEnter,
  canRead,
  WORK,
  HOME,
  TREE,
  SCRATCH,
  asInside,
  DEFAULT_SECONDS,
  MAX_SECONDS,
  findToolchain,
  homeOfUser,
  findProgram,
  sandboxEnvironment,
  MACHINE_TRUSTS,
  certificateEnvironment,
  findSandbox,
  readFeatures
};
