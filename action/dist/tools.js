var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};

// node_modules/@anthropic-ai/sdk/internal/node.mjs
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
var init_node = __esm({
  "node_modules/@anthropic-ai/sdk/internal/node.mjs"() {
  }
});

// action/tools.ts
import { createInterface as createInterface2 } from "node:readline";

// action/tools/files.ts
import { relative } from "node:path";

// node_modules/@anthropic-ai/sdk/lib/tools/ToolError.mjs
var ToolError = /* @__PURE__ */ (() => {
  class ToolError2 extends Error {
    constructor(content) {
      const message = typeof content === "string" ? content : content.map((block) => {
        if (block.type === "text")
          return block.text;
        return `[${block.type}]`;
      }).join(" ");
      super(message);
      this.name = "ToolError";
      this.content = content;
    }
  }
  return ToolError2;
})();

// node_modules/@anthropic-ai/sdk/lib/internal/toolsets/sanitize.mjs
function thrownErrorText(e) {
  return `Error: ${e instanceof Error ? e.message : String(e)}`;
}

// node_modules/@anthropic-ai/sdk/lib/tools/BetaRunnableTool.mjs
function toolErrorContent(e) {
  return e instanceof ToolError ? e.content : thrownErrorText(e);
}
async function runRunnableTool(tool, rawInput, context) {
  try {
    const input = tool.parse ? tool.parse(rawInput) : rawInput;
    const content = await tool.run(input, context);
    return { content, isError: false };
  } catch (e) {
    return { content: toolErrorContent(e), isError: true };
  }
}

// node_modules/@anthropic-ai/sdk/internal/tslib.mjs
function __classPrivateFieldSet(receiver, state, value, kind, f) {
  if (kind === "m")
    throw new TypeError("Private method is not writable");
  if (kind === "a" && !f)
    throw new TypeError("Private accessor was defined without a setter");
  if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver))
    throw new TypeError("Cannot write private member to an object whose class did not declare it");
  return kind === "a" ? f.call(receiver, value) : f ? f.value = value : state.set(receiver, value), value;
}
function __classPrivateFieldGet(receiver, state, kind, f) {
  if (kind === "a" && !f)
    throw new TypeError("Private accessor was defined without a getter");
  if (typeof state === "function" ? receiver !== state || !f : !state.has(receiver))
    throw new TypeError("Cannot read private member from an object whose class did not declare it");
  return kind === "m" ? f : kind === "a" ? f.call(receiver) : f ? f.value : state.get(receiver);
}

// node_modules/@anthropic-ai/sdk/tools/agent-toolset/node.mjs
import * as fs3 from "node:fs/promises";
import * as fssync from "node:fs";
import * as path2 from "node:path";
import * as cp from "node:child_process";
import * as readline from "node:readline";
import { once } from "node:events";
import { Worker } from "node:worker_threads";

// node_modules/@anthropic-ai/sdk/core/error.mjs
var AnthropicError = /* @__PURE__ */ (() => {
  class AnthropicError2 extends Error {
    /** @internal */
    constructor(message, options) {
      super(message, options);
      Object.defineProperty(this, "name", { value: new.target._errorName, writable: true, configurable: true });
    }
  }
  AnthropicError2._errorName = "AnthropicError";
  return AnthropicError2;
})();

// node_modules/@anthropic-ai/sdk/internal/utils/env.mjs
var readEnv = (env) => {
  if (typeof globalThis.process !== "undefined") {
    return globalThis.process.env?.[env]?.trim() || void 0;
  }
  if (typeof globalThis.Deno !== "undefined") {
    return globalThis.Deno.env?.get?.(env)?.trim() || void 0;
  }
  return void 0;
};

// node_modules/@anthropic-ai/sdk/internal/utils/abort.mjs
function linkAbort(external, controller) {
  if (!external)
    return () => {
    };
  if (external.aborted) {
    controller.abort();
    return () => {
    };
  }
  const onAbort = () => controller.abort();
  external.addEventListener("abort", onAbort);
  return () => external.removeEventListener("abort", onAbort);
}

// node_modules/@anthropic-ai/sdk/internal/utils/async-queue.mjs
var _AsyncQueue_items;
var _AsyncQueue_waiters;
var _AsyncQueue_closed;
var AsyncQueue = /* @__PURE__ */ (() => {
  class AsyncQueue2 {
    constructor() {
      _AsyncQueue_items.set(this, []);
      _AsyncQueue_waiters.set(this, []);
      _AsyncQueue_closed.set(this, false);
    }
    /** Enqueue an item, or hand it directly to a waiting reader. Returns `false` once closed. */
    push(item) {
      if (__classPrivateFieldGet(this, _AsyncQueue_closed, "f"))
        return false;
      const w = __classPrivateFieldGet(this, _AsyncQueue_waiters, "f").shift();
      if (w)
        w({ done: false, value: item });
      else
        __classPrivateFieldGet(this, _AsyncQueue_items, "f").push(item);
      return true;
    }
    /** Mark the queue done. Idempotent; wakes every pending reader with `done: true`. */
    close() {
      if (__classPrivateFieldGet(this, _AsyncQueue_closed, "f"))
        return;
      __classPrivateFieldSet(this, _AsyncQueue_closed, true, "f");
      while (__classPrivateFieldGet(this, _AsyncQueue_waiters, "f").length > 0) {
        const w = __classPrivateFieldGet(this, _AsyncQueue_waiters, "f").shift();
        w({ done: true, value: void 0 });
      }
    }
    /**
     * Resolve with the next item, or `done: true` once the queue is closed and
     * drained. When `signal` is supplied, aborting it resolves a pending read
     * with `done: true` (cancellation is pushed down here rather than handled by
     * an outer `Promise.race`).
     */
    next(signal) {
      if (__classPrivateFieldGet(this, _AsyncQueue_items, "f").length > 0) {
        return Promise.resolve({ done: false, value: __classPrivateFieldGet(this, _AsyncQueue_items, "f").shift() });
      }
      if (__classPrivateFieldGet(this, _AsyncQueue_closed, "f") || signal?.aborted) {
        return Promise.resolve({ done: true, value: void 0 });
      }
      return new Promise((resolve2) => {
        const waiter = (r) => {
          signal?.removeEventListener("abort", onAbort);
          resolve2(r);
        };
        const onAbort = () => {
          const idx = __classPrivateFieldGet(this, _AsyncQueue_waiters, "f").indexOf(waiter);
          if (idx >= 0)
            __classPrivateFieldGet(this, _AsyncQueue_waiters, "f").splice(idx, 1);
          resolve2({ done: true, value: void 0 });
        };
        __classPrivateFieldGet(this, _AsyncQueue_waiters, "f").push(waiter);
        signal?.addEventListener("abort", onAbort, { once: true });
      });
    }
    /** Synchronously remove and return the next buffered item, or `undefined` if empty. */
    tryShift() {
      return __classPrivateFieldGet(this, _AsyncQueue_items, "f").shift();
    }
  }
  _AsyncQueue_items = /* @__PURE__ */ new WeakMap(), _AsyncQueue_waiters = /* @__PURE__ */ new WeakMap(), _AsyncQueue_closed = /* @__PURE__ */ new WeakMap();
  return AsyncQueue2;
})();

// node_modules/@anthropic-ai/sdk/internal/utils/promise.mjs
function promiseWithResolvers() {
  let resolve2;
  let reject;
  const promise = new Promise((res, rej) => {
    resolve2 = res;
    reject = rej;
  });
  return { promise, resolve: resolve2, reject };
}

// node_modules/@anthropic-ai/sdk/helpers/beta/json-schema.mjs
function betaTool(options) {
  const { name, inputSchema, description, run, ...extraProps } = options;
  if (inputSchema.type !== "object") {
    throw new Error(`JSON schema for tool "${name}" must be an object, but got ${inputSchema.type}`);
  }
  return {
    ...extraProps,
    type: "custom",
    name,
    input_schema: inputSchema,
    description,
    run,
    parse: (content) => content
  };
}

// node_modules/@anthropic-ai/sdk/tools/agent-toolset/fs-util.mjs
init_node();
var fs2 = fs.promises;
var DIR_CREATE_MODE = 448;
var FILE_CREATE_MODE = 384;
function isWithin(root, p) {
  const from = path.resolve(root);
  const to = path.resolve(p);
  return to === from || to.startsWith(from.endsWith(path.sep) ? from : from + path.sep);
}
function isWithinAnyCase(root, p) {
  const rel = path.relative(root, p);
  return rel === "" || !rel.startsWith(".." + path.sep) && rel !== ".." && !path.isAbsolute(rel);
}
function isWithinFolded(root, p) {
  return isWithin(root.toLowerCase().normalize("NFC"), p.toLowerCase().normalize("NFC"));
}
async function containingRoot(roots, target, contains = isWithin) {
  for (const root of roots) {
    if (contains(await canonicalize(path.resolve(root)), target))
      return root;
  }
  return void 0;
}
var MAX_SYMLINK_HOPS = 40;
function errnoCode(err) {
  const code = err?.code;
  return typeof code === "string" ? code : void 0;
}
async function canonicalize(abs) {
  const tail2 = [];
  let prefix = abs;
  let hops = 0;
  for (; ; ) {
    let real;
    try {
      real = await fs2.realpath(prefix);
    } catch (realpathErr) {
      let isLink;
      try {
        isLink = (await fs2.lstat(prefix)).isSymbolicLink();
      } catch (lstatErr) {
        const code = errnoCode(lstatErr);
        if (code !== "ENOENT" && code !== "ENOTDIR")
          throw lstatErr;
        const parent2 = path.dirname(prefix);
        if (parent2 === prefix)
          throw lstatErr;
        tail2.push(path.basename(prefix));
        prefix = parent2;
        continue;
      }
      if (!isLink)
        throw realpathErr;
      if (++hops > MAX_SYMLINK_HOPS) {
        throw Object.assign(new Error("too many levels of symbolic links"), { code: "ELOOP" });
      }
      const parent = await fs2.realpath(path.dirname(prefix));
      prefix = path.resolve(parent, await fs2.readlink(prefix), ...tail2.splice(0).reverse());
      continue;
    }
    return tail2.length ? path.join(real, ...tail2.reverse()) : real;
  }
}
async function confineToRoot(root, p, opts) {
  const allowedRoots = opts?.allowedRoots ?? [];
  const realRoot = await canonicalize(path.resolve(root));
  let real;
  try {
    real = await canonicalize(path.resolve(realRoot, p));
  } catch (err) {
    throw new ToolError(fsErrorMessage(err, `path ${JSON.stringify(p)}`));
  }
  if (isWithin(realRoot, real) || await containingRoot(allowedRoots, real) !== void 0) {
    return real;
  }
  const permitted = allowedRoots.length ? "the session's working directory and its other permitted directories" : "the session's working directory";
  throw new ToolError(`path ${JSON.stringify(p)} is outside ${permitted}`);
}
async function atomicWriteFile(targetPath, content) {
  const dir = path.dirname(targetPath);
  const tempPath = path.join(dir, `.tmp-${process.pid}-${crypto.randomUUID()}`);
  const existingMode = await fs2.stat(targetPath).then((st) => st.mode & 511, () => void 0);
  let handle;
  try {
    handle = await fs2.open(tempPath, "wx", FILE_CREATE_MODE);
    if (existingMode !== void 0)
      await handle.chmod(existingMode);
    await handle.writeFile(content, "utf-8");
    await handle.sync();
    await handle.close();
    handle = void 0;
    await fs2.rename(tempPath, targetPath);
  } catch (err) {
    if (handle)
      await handle.close().catch(() => {
      });
    await fs2.unlink(tempPath).catch(() => {
    });
    throw err;
  }
}
function fsErrorMessage(err, file) {
  const code = errnoCode(err);
  switch (code) {
    case "ENOENT":
      return `${file}: no such file or directory`;
    case "EACCES":
    case "EPERM":
      return `${file}: permission denied`;
    case "ENOTDIR":
      return `${file}: not a directory`;
    case "EISDIR":
      return `${file}: is a directory`;
    case "ELOOP":
      return `${file}: too many levels of symbolic links`;
    case "ENAMETOOLONG":
      return `${file}: file name too long`;
    case "ENOSPC":
      return `${file}: no space left on device`;
    case "EMFILE":
    case "ENFILE":
      return `${file}: too many open files`;
    default:
      return `${file}: ${code !== void 0 ? `i/o error (${code})` : "i/o error"}`;
  }
}
async function findExecutable(name, notInside = [], searchPath = readEnv("PATH") ?? "") {
  for (const dir of absolutePathEntries(searchPath)) {
    const candidate = path.join(dir, name);
    try {
      await fs2.access(candidate, fs.constants.X_OK);
      if (!(await fs2.stat(candidate)).isFile())
        continue;
      if (notInside.length === 0)
        return candidate;
      const real = await fs2.realpath(candidate);
      if (await containingRoot(notInside, real, isWithinFolded) === void 0)
        return real;
    } catch {
    }
  }
  return null;
}
function absolutePathEntries(searchPath) {
  return searchPath.split(path.delimiter).filter((dir) => path.isAbsolute(dir) && path.resolve(dir) === path.join(dir, "."));
}
function scrubbedShellEnv() {
  const env = {};
  for (const [key, value] of Object.entries(process.env)) {
    if (key.toUpperCase().startsWith("ANTHROPIC_"))
      continue;
    env[key] = value;
  }
  return env;
}

// node_modules/@anthropic-ai/sdk/tools/agent-toolset/node.mjs
var _LineRangeCollector_instances;
var _LineRangeCollector_filePath;
var _LineRangeCollector_startLine;
var _LineRangeCollector_endLine;
var _LineRangeCollector_start;
var _LineRangeCollector_end;
var _LineRangeCollector_limit;
var _LineRangeCollector_line;
var _LineRangeCollector_collected;
var _LineRangeCollector_collectedBytes;
var _LineRangeCollector_collect;
var _LineRangeCollector_overLimitError;
var BASH_OUTPUT_LIMIT = 100 * 1024;
var DEFAULT_MAX_FILE_BYTES = 256 * 1024;
var READ_STREAM_CHUNK_BYTES = 64 * 1024;
var NEWLINE = Buffer.from("\n");
var GREP_OUTPUT_LIMIT = 100 * 1024;
var GREP_TIMEOUT_MS = 6e4;
var GREP_MAX_LINE_LENGTH = 2e3;
var GREP_BATCH_LINES = 1e3;
var GREP_MAX_SEARCHES = 4;
var GLOB_RESULT_LIMIT = 200;
var fsGlob = fs3.glob;
function resolveMaxBytes(configured) {
  return configured === void 0 ? DEFAULT_MAX_FILE_BYTES : configured;
}
function rejectUnrestrictedPaths(value) {
  if (value === void 0)
    return;
  throw new AnthropicError("The `unrestrictedPaths` option you passed to the agent toolset (AgentToolContext) is no longer supported. The toolset's file tools (read, write, edit, glob, grep) are now always confined to the working directory plus the directories listed in `allowedRoots`. Remove `unrestrictedPaths` from your context; to let the file tools reach any other directory, add it to `allowedRoots`.");
}
async function resolvePath(ctx, p) {
  rejectUnrestrictedPaths(ctx.unrestrictedPaths);
  return confineToRoot(ctx.workdir, p, { allowedRoots: ctx.allowedRoots ?? [] });
}
function readOnlyRootFor(ctx, target) {
  return containingRoot(ctx.readOnlyRoots ?? [], target, isWithinAnyCase);
}
function betaReadTool(ctx) {
  rejectUnrestrictedPaths(ctx.unrestrictedPaths);
  return betaTool({
    name: "read",
    description: "Read a UTF-8 text file relative to the workdir.",
    inputSchema: {
      type: "object",
      properties: {
        file_path: { type: "string" },
        view_range: {
          type: "array",
          items: { type: "integer" },
          description: "[start_line, end_line] 1-indexed inclusive"
        }
      },
      required: ["file_path"]
    },
    run: async ({ file_path, view_range }) => {
      if (!file_path)
        throw new ToolError("read: file_path is required");
      const abs = await resolvePath(ctx, file_path);
      if (view_range?.length && view_range.length !== 2) {
        throw new ToolError("read: view_range must be [start_line, end_line]");
      }
      let data;
      try {
        const st = await fs3.stat(abs);
        if (!st.isFile()) {
          throw new ToolError(`read: ${file_path} is not a regular file`);
        }
        const limit = resolveMaxBytes(ctx.maxFileBytes);
        if (limit !== null && st.size > limit) {
          if (!view_range?.length) {
            throw new ToolError(`read: ${file_path} is ${st.size} bytes, exceeds ${limit}-byte limit. Use the view_range parameter to read specific line ranges, e.g. view_range: [1, 500].`);
          }
          const [startLine2, endLine2] = view_range;
          return await readRangeStreaming(abs, file_path, startLine2, endLine2, limit);
        }
        data = await fs3.readFile(abs, "utf8");
      } catch (e) {
        if (e instanceof ToolError)
          throw e;
        throw new ToolError(`read: ${fsErrorMessage(e, file_path)}`);
      }
      if (!view_range?.length)
        return data;
      const [startLine, endLine] = view_range;
      const lines = data.split("\n");
      const start = Math.max(0, startLine - 1);
      const end = endLine > 0 ? endLine : lines.length;
      return lines.slice(start, end).join("\n");
    }
  });
}
async function readRangeStreaming(abs, filePath, startLine, endLine, limit) {
  const lines = new LineRangeCollector(filePath, startLine, endLine, limit);
  if (lines.rangeIsEmpty())
    return "";
  const stream = fssync.createReadStream(abs, { highWaterMark: READ_STREAM_CHUNK_BYTES });
  try {
    for await (const chunk of stream) {
      lines.collectFrom(chunk);
      if (lines.rangeIsCollected())
        break;
    }
  } finally {
    stream.destroy();
  }
  return lines.text();
}
var LineRangeCollector = /* @__PURE__ */ (() => {
  class LineRangeCollector2 {
    constructor(filePath, startLine, endLine, limit) {
      _LineRangeCollector_instances.add(this);
      _LineRangeCollector_filePath.set(this, void 0);
      _LineRangeCollector_startLine.set(this, void 0);
      _LineRangeCollector_endLine.set(this, void 0);
      _LineRangeCollector_start.set(this, void 0);
      _LineRangeCollector_end.set(this, void 0);
      _LineRangeCollector_limit.set(this, void 0);
      _LineRangeCollector_line.set(this, 0);
      _LineRangeCollector_collected.set(this, []);
      _LineRangeCollector_collectedBytes.set(this, 0);
      __classPrivateFieldSet(this, _LineRangeCollector_filePath, filePath, "f");
      __classPrivateFieldSet(this, _LineRangeCollector_startLine, startLine, "f");
      __classPrivateFieldSet(this, _LineRangeCollector_endLine, endLine, "f");
      __classPrivateFieldSet(this, _LineRangeCollector_start, Math.max(0, startLine - 1), "f");
      __classPrivateFieldSet(this, _LineRangeCollector_end, endLine > 0 ? endLine : Infinity, "f");
      __classPrivateFieldSet(this, _LineRangeCollector_limit, limit, "f");
    }
    rangeIsEmpty() {
      return __classPrivateFieldGet(this, _LineRangeCollector_end, "f") <= __classPrivateFieldGet(this, _LineRangeCollector_start, "f");
    }
    rangeIsCollected() {
      return __classPrivateFieldGet(this, _LineRangeCollector_line, "f") >= __classPrivateFieldGet(this, _LineRangeCollector_end, "f");
    }
    collectFrom(chunk) {
      var _a;
      let lineStart = 0;
      while (lineStart < chunk.length && !this.rangeIsCollected()) {
        const newline = chunk.indexOf(10, lineStart);
        const lineEnd = newline < 0 ? chunk.length : newline;
        if (__classPrivateFieldGet(this, _LineRangeCollector_line, "f") >= __classPrivateFieldGet(this, _LineRangeCollector_start, "f")) {
          __classPrivateFieldGet(this, _LineRangeCollector_instances, "m", _LineRangeCollector_collect).call(this, chunk.subarray(lineStart, lineEnd), newline >= 0);
        }
        if (newline < 0)
          break;
        __classPrivateFieldSet(this, _LineRangeCollector_line, (_a = __classPrivateFieldGet(this, _LineRangeCollector_line, "f"), _a++, _a), "f");
        lineStart = newline + 1;
      }
    }
    text() {
      return Buffer.concat(__classPrivateFieldGet(this, _LineRangeCollector_collected, "f"), __classPrivateFieldGet(this, _LineRangeCollector_collectedBytes, "f")).toString("utf8");
    }
  }
  _LineRangeCollector_filePath = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_startLine = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_endLine = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_start = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_end = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_limit = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_line = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_collected = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_collectedBytes = /* @__PURE__ */ new WeakMap(), _LineRangeCollector_instances = /* @__PURE__ */ new WeakSet(), _LineRangeCollector_collect = function _LineRangeCollector_collect2(lineBytes, newlineTerminated) {
    __classPrivateFieldGet(this, _LineRangeCollector_collected, "f").push(lineBytes);
    __classPrivateFieldSet(this, _LineRangeCollector_collectedBytes, __classPrivateFieldGet(this, _LineRangeCollector_collectedBytes, "f") + lineBytes.length, "f");
    if (newlineTerminated && __classPrivateFieldGet(this, _LineRangeCollector_line, "f") + 1 < __classPrivateFieldGet(this, _LineRangeCollector_end, "f")) {
      __classPrivateFieldGet(this, _LineRangeCollector_collected, "f").push(NEWLINE);
      __classPrivateFieldSet(this, _LineRangeCollector_collectedBytes, __classPrivateFieldGet(this, _LineRangeCollector_collectedBytes, "f") + NEWLINE.length, "f");
    }
    if (__classPrivateFieldGet(this, _LineRangeCollector_collectedBytes, "f") > __classPrivateFieldGet(this, _LineRangeCollector_limit, "f"))
      throw __classPrivateFieldGet(this, _LineRangeCollector_instances, "m", _LineRangeCollector_overLimitError).call(this);
  }, _LineRangeCollector_overLimitError = function _LineRangeCollector_overLimitError2() {
    if (__classPrivateFieldGet(this, _LineRangeCollector_end, "f") - __classPrivateFieldGet(this, _LineRangeCollector_start, "f") === 1) {
      return new ToolError(`read: line ${__classPrivateFieldGet(this, _LineRangeCollector_start, "f") + 1} of ${__classPrivateFieldGet(this, _LineRangeCollector_filePath, "f")} alone exceeds ${__classPrivateFieldGet(this, _LineRangeCollector_limit, "f")}-byte limit. The read tool cannot return part of a line, so view_range cannot narrow this further.`);
    }
    return new ToolError(`read: view_range [${__classPrivateFieldGet(this, _LineRangeCollector_startLine, "f")}, ${__classPrivateFieldGet(this, _LineRangeCollector_endLine, "f")}] of ${__classPrivateFieldGet(this, _LineRangeCollector_filePath, "f")} exceeds ${__classPrivateFieldGet(this, _LineRangeCollector_limit, "f")}-byte limit. Narrow the view_range to read a smaller portion.`);
  };
  return LineRangeCollector2;
})();
function betaWriteTool(ctx) {
  rejectUnrestrictedPaths(ctx.unrestrictedPaths);
  return betaTool({
    name: "write",
    description: "Write a UTF-8 text file relative to the workdir, creating parent directories as needed.",
    inputSchema: {
      type: "object",
      properties: { file_path: { type: "string" }, content: { type: "string" } },
      required: ["file_path", "content"]
    },
    run: async ({ file_path, content }) => {
      if (!file_path)
        throw new ToolError("write: file_path is required");
      const abs = await resolvePath(ctx, file_path);
      const ro = await readOnlyRootFor(ctx, abs);
      if (ro !== void 0) {
        throw new ToolError(`write: ${file_path} is inside read-only directory ${ro}`);
      }
      try {
        await fs3.mkdir(path2.dirname(abs), { recursive: true, mode: DIR_CREATE_MODE });
        await atomicWriteFile(abs, content ?? "");
      } catch (e) {
        throw new ToolError(`write: ${fsErrorMessage(e, file_path)}`);
      }
      return `wrote ${Buffer.byteLength(content ?? "")} bytes to ${file_path}`;
    }
  });
}
function betaEditTool(ctx) {
  rejectUnrestrictedPaths(ctx.unrestrictedPaths);
  return betaTool({
    name: "edit",
    description: "Replace old_string with new_string in a file. old_string must be unique unless replace_all.",
    inputSchema: {
      type: "object",
      properties: {
        file_path: { type: "string" },
        old_string: { type: "string" },
        new_string: { type: "string" },
        replace_all: { type: "boolean" }
      },
      required: ["file_path", "old_string", "new_string"]
    },
    run: async ({ file_path, old_string, new_string, replace_all }) => {
      if (!file_path)
        throw new ToolError("edit: file_path is required");
      if (!old_string)
        throw new ToolError("edit: old_string is required");
      const abs = await resolvePath(ctx, file_path);
      const ro = await readOnlyRootFor(ctx, abs);
      if (ro !== void 0) {
        throw new ToolError(`edit: ${file_path} is inside read-only directory ${ro}`);
      }
      let data;
      try {
        const st = await fs3.stat(abs);
        if (!st.isFile()) {
          throw new ToolError(`edit: ${file_path} is not a regular file`);
        }
        const limit = resolveMaxBytes(ctx.maxFileBytes);
        if (limit !== null && st.size > limit) {
          throw new ToolError(`edit: ${file_path} is ${st.size} bytes, exceeds ${limit}-byte limit. The edit tool loads the whole file and cannot modify a file this large.`);
        }
        data = await fs3.readFile(abs, "utf8");
      } catch (e) {
        if (e instanceof ToolError)
          throw e;
        throw new ToolError(`edit: ${fsErrorMessage(e, file_path)}`);
      }
      const count = data.split(old_string).length - 1;
      if (count === 0)
        throw new ToolError(`edit: old_string not found in ${file_path}`);
      let updated;
      if (replace_all) {
        updated = data.split(old_string).join(new_string);
      } else {
        if (count > 1)
          throw new ToolError(`edit: old_string appears ${count} times in ${file_path} (must be unique)`);
        updated = data.replace(old_string, () => new_string);
      }
      try {
        await atomicWriteFile(abs, updated);
      } catch (e) {
        throw new ToolError(`edit: write: ${fsErrorMessage(e, file_path)}`);
      }
      return `edited ${file_path} (${replace_all ? count : 1} replacement(s))`;
    }
  });
}
function patternCanAscend(pattern) {
  return pattern.split(/[\\/{},]/).includes("..");
}
function betaGlobTool(ctx) {
  rejectUnrestrictedPaths(ctx.unrestrictedPaths);
  return betaTool({
    name: "glob",
    description: "Match files under the workdir against a glob pattern. Results are mtime-sorted, newest first.",
    inputSchema: {
      type: "object",
      properties: {
        pattern: { type: "string" },
        path: { type: "string", description: "Directory to search in. Defaults to the workdir." }
      },
      required: ["pattern"]
    },
    run: async ({ pattern, path: searchPath }) => {
      if (!pattern)
        throw new ToolError("glob: pattern is required");
      if (path2.isAbsolute(pattern)) {
        throw new ToolError("glob: absolute pattern not permitted; pass a relative pattern (and optionally path)");
      }
      if (patternCanAscend(pattern)) {
        throw new ToolError('glob: ".." is not permitted in the pattern');
      }
      const root = searchPath ? await resolvePath(ctx, searchPath) : path2.resolve(ctx.workdir);
      const realRoot = searchPath ? root : await canonicalize(root);
      const matches = [];
      let remaining = WALK_MAX_ENTRIES;
      try {
        for await (const entry of fsGlob(pattern, {
          cwd: root,
          withFileTypes: true,
          exclude: (d) => d.name === ".git" || d.name === "node_modules"
        })) {
          if (remaining-- <= 0)
            break;
          if (!entry.isFile())
            continue;
          const full = path2.join(entry.parentPath, entry.name);
          let real;
          try {
            real = await fs3.realpath(full);
          } catch {
            continue;
          }
          if (!isWithin(realRoot, real))
            continue;
          let mtime = 0;
          try {
            mtime = (await fs3.stat(full)).mtimeMs;
          } catch {
          }
          matches.push({ path: full, mtime });
        }
      } catch (e) {
        throw new ToolError(`glob: ${e instanceof Error ? e.message : String(e)}`);
      }
      if (matches.length === 0)
        return "no matches";
      matches.sort((a, b) => b.mtime - a.mtime);
      return matches.slice(0, GLOB_RESULT_LIMIT).map((m) => m.path).join("\n");
    }
  });
}
function betaGrepTool(ctx) {
  rejectUnrestrictedPaths(ctx.unrestrictedPaths);
  return betaTool({
    name: "grep",
    description: "Search file contents for a regex. Uses ripgrep if available, otherwise a built-in walker.",
    inputSchema: {
      type: "object",
      properties: { pattern: { type: "string" }, path: { type: "string" } },
      required: ["pattern"]
    },
    run: async ({ pattern, path: p }, context) => {
      if (!pattern)
        throw new ToolError("grep: pattern is required");
      let searchPath = path2.resolve(ctx.workdir);
      if (p)
        searchPath = await resolvePath(ctx, p);
      const rg = await findExecutable("rg", [ctx.workdir, ...ctx.allowedRoots ?? []]);
      return rg ? runRipgrep(rg, pattern, searchPath, context?.signal) : runWalkGrep(pattern, searchPath, context?.signal);
    }
  });
}
function runRipgrep(rg, pattern, searchPath, signal) {
  return new Promise((resolve2, reject) => {
    const proc = cp.spawn(rg, ["--no-config", "-n", "--no-heading", "-e", pattern, "--", searchPath], {
      // A link called `rg` may lead to a program that goes by the name it was started under.
      argv0: "rg",
      env: scrubbedShellEnv(),
      ...signal ? { signal } : {}
    });
    let out = "";
    let errOut = "";
    let truncated = false;
    proc.stdout.on("data", (d) => {
      if (truncated)
        return;
      out += d;
      if (out.length > GREP_OUTPUT_LIMIT) {
        truncated = true;
        out = out.slice(0, GREP_OUTPUT_LIMIT);
        proc.kill("SIGKILL");
      }
    });
    proc.stderr.on("data", (d) => errOut += d);
    proc.on("close", (code) => {
      if (signal?.aborted)
        return reject(new ToolError("grep: aborted"));
      if (truncated)
        return resolve2(out + `
[output truncated at ${GREP_OUTPUT_LIMIT} bytes]`);
      if (code === 0)
        return resolve2(out);
      if (code === 1)
        return resolve2("no matches");
      reject(new ToolError(`grep: rg failed: ${errOut || `exit ${code}`}`));
    });
    proc.on("error", (e) => {
      if (signal?.aborted)
        return reject(new ToolError("grep: aborted"));
      reject(new ToolError(`grep: rg failed: ${e.message}`));
    });
  });
}
var grepSlots = new AsyncQueue();
for (let i = 0; i < GREP_MAX_SEARCHES; i++)
  grepSlots.push();
async function runWalkGrep(pattern, root, signal) {
  let re;
  try {
    re = new RegExp(pattern);
  } catch (e) {
    throw new ToolError(`grep: invalid regex: ${e instanceof Error ? e.message : String(e)}`);
  }
  if (signal?.aborted)
    throw new ToolError("grep: aborted");
  const { done } = await grepSlots.next(signal ?? void 0);
  if (done)
    throw new ToolError("grep: aborted");
  const hits = [];
  let budget = GREP_OUTPUT_LIMIT;
  const push = (line) => {
    budget -= line.length + 1;
    if (budget < 0) {
      hits.push(`[output truncated at ${GREP_OUTPUT_LIMIT} bytes]`);
      return false;
    }
    hits.push(line);
    return true;
  };
  const stop = new AbortController();
  const unlink = linkAbort(signal, stop);
  const timer = setTimeout(() => stop.abort(), GREP_TIMEOUT_MS);
  const match = lineMatcher(re, stop.signal);
  const grepPath = (rel) => grepFile(path2.join(root, rel), match, push, stop.signal);
  const search = async () => {
    const stat2 = await fs3.stat(root).catch(() => null);
    return stat2?.isFile() ? grepPath("") : walk(root, "", grepPath, stop.signal);
  };
  try {
    await Promise.race([search(), once(stop.signal, "abort")]);
    if (signal?.aborted)
      throw new ToolError("grep: aborted");
    if (stop.signal.aborted) {
      if (hits.length === 0)
        throw new ToolError(`grep: timed out after ${GREP_TIMEOUT_MS / 1e3}s`);
      hits.push(`[the search was cut short after ${GREP_TIMEOUT_MS} ms]`);
    }
  } finally {
    clearTimeout(timer);
    unlink();
    stop.abort();
    grepSlots.push();
  }
  if (hits.length === 0)
    return "no matches";
  return hits.join("\n");
}
async function grepFile(file, match, push, signal) {
  const stream = fssync.createReadStream(file, { encoding: "utf8" });
  stream.on("error", () => {
  });
  const rl = readline.createInterface({ input: stream, crlfDelay: Infinity, signal });
  stream.on("data", (chunk) => {
    if (chunk.includes("\0"))
      rl.close();
  });
  try {
    for await (const { numbers, lines } of lineBatches(rl)) {
      const matched = await match(lines);
      for (const [i, line] of lines.entries()) {
        if (matched[i] && !push(`${file}:${numbers[i]}:${line}`))
          return false;
      }
      if (matched.length < lines.length)
        break;
    }
  } finally {
    rl.close();
    stream.destroy();
  }
  return true;
}
async function* lineBatches(input) {
  let i = 0;
  let numbers = [];
  let lines = [];
  try {
    for await (const line of input) {
      i++;
      if (line.length > GREP_MAX_LINE_LENGTH)
        continue;
      numbers.push(i);
      if (lines.push(line) < GREP_BATCH_LINES)
        continue;
      yield { numbers, lines };
      numbers = [];
      lines = [];
    }
  } catch {
  }
  if (lines.length > 0)
    yield { numbers, lines };
}
function lineMatcher(re, signal) {
  let reply = promiseWithResolvers();
  const fail = (cause) => {
    reply.promise.catch(() => {
    });
    reply.reject(Object.assign(new ToolError(`grep: search failed: ${cause.message}`), { cause }));
  };
  const start = async () => {
    try {
      const worker = new Worker(GREP_WORKER_SOURCE, {
        eval: true,
        workerData: re.source,
        // keep this process's credentials and preloads out of the thread
        env: {},
        execArgv: [],
        // otherwise a thread that can't start leaks listeners on this process's streams
        stdout: true,
        stderr: true,
        // the default stack is smaller than the main thread's, and V8 crashes compiling a deeply nested regex on it
        resourceLimits: { stackSizeMb: 8 }
      });
      signal.addEventListener("abort", () => void worker.terminate(), { once: true });
      worker.on("message", (matched) => {
        reply.resolve(matched);
        reply = promiseWithResolvers();
      });
      worker.on("error", fail);
      worker.on("exit", (code) => fail(new AnthropicError(`worker exited with code ${code}`)));
      await reply.promise;
      return worker;
    } catch {
      return null;
    }
  };
  let starting;
  return async (lines) => {
    if (signal.aborted)
      return [];
    const worker = await (starting ?? (starting = start()));
    if (signal.aborted)
      return [];
    if (worker) {
      worker.postMessage(lines);
      return reply.promise;
    }
    const matched = [];
    try {
      for (const line of lines)
        matched.push(re.test(line));
    } catch {
    }
    return matched;
  };
}
var GREP_WORKER_SOURCE = `
const { parentPort, workerData } = require('node:worker_threads');
let re;
parentPort.on('message', (lines) => {
  re ??= new RegExp(workerData);
  const matched = [];
  try {
    for (const line of lines) matched.push(re.test(line));
  } catch {}
  parentPort.postMessage(matched);
});
parentPort.postMessage([]);
`;
var WALK_MAX_DEPTH = 40;
var WALK_MAX_ENTRIES = 5e4;
async function walk(root, rel, fn, signal) {
  let remaining = WALK_MAX_ENTRIES;
  async function inner(rel2, depth) {
    if (depth > WALK_MAX_DEPTH)
      return true;
    if (signal?.aborted)
      return false;
    let entries;
    try {
      entries = await fs3.readdir(path2.join(root, rel2), { withFileTypes: true });
    } catch {
      return true;
    }
    for (const e of entries) {
      if (e.name === ".git" || e.name === "node_modules")
        continue;
      if (remaining-- <= 0)
        return false;
      if (signal?.aborted)
        return false;
      const childRel = rel2 ? path2.join(rel2, e.name) : e.name;
      if (e.isDirectory()) {
        if (!await inner(childRel, depth + 1))
          return false;
      } else if (e.isFile()) {
        if (await fn(childRel) === false)
          return false;
      }
    }
    return true;
  }
  await inner(rel, 0);
}

// core/adapters/workbench/output.ts
var OUTPUT_LIMIT = 3e4;
var TAIL_LIMIT = 4e3;
var ESCAPES = new RegExp(
  [
    "(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]",
    "\\u001b[\\]P^_X][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?",
    "\\u001b[ -/]*[0-~]"
  ].join("|"),
  "g"
);
var CONTROLS = new RegExp("(?![\\t\\n])\\p{Cc}", "gu");
var cleanOutput = (raw) => raw.replace(ESCAPES, "").replace(/\r+\n/g, "\n").split("\n").map((line) => line.slice(line.replace(/\r+$/, "").lastIndexOf("\r") + 1)).join("\n").replace(CONTROLS, "").toWellFormed();
var cutMiddle = (text2, limit) => {
  if (text2.length <= limit) return text2;
  const half = Math.floor(limit / 2);
  const missing = text2.length - 2 * half;
  return `${text2.slice(0, half)}
[${missing} characters left out]
${text2.slice(-half)}`.toWellFormed();
};
var tail = (text2, limit = TAIL_LIMIT) => text2.slice(-limit).toWellFormed();

// action/tools/files.ts
var READ_BYTES = 100 * 1024;
var EDIT_BYTES = 512 * 1024;
var SECONDS = 60;
var createFileTools = ({ work }) => {
  const context = {
    workdir: work,
    readOnlyRoots: [`${work}/.git`, `${work}/.github`],
    env: {}
  };
  const tools = {
    read: betaReadTool({ ...context, maxFileBytes: READ_BYTES }),
    write: betaWriteTool(context),
    edit: betaEditTool({ ...context, maxFileBytes: EDIT_BYTES }),
    glob: betaGlobTool(context),
    grep: betaGrepTool(context)
  };
  return {
    call: async (name, input, signal) => {
      const toolUse = { type: "tool_use", id: "", name, input };
      const limited = AbortSignal.any([signal, AbortSignal.timeout(SECONDS * 1e3)]);
      const run = runRunnableTool(tools[name], input, { toolUse, toolUseBlock: toolUse, signal: limited });
      const outcome = await Promise.race([run, aborted(limited)]);
      if (outcome === null) {
        const why = signal.aborted ? "interrupted" : `${name}: stopped after ${SECONDS} seconds; search a smaller part`;
        return { content: why, is_error: true };
      }
      const text2 = typeof outcome.content === "string" ? outcome.content : JSON.stringify(outcome.content);
      return { content: presented(name, text2, work), is_error: outcome.isError };
    },
    relative: async (path3) => relative(work, await resolvePath(context, path3))
  };
};
var aborted = (signal) => new Promise((resolve2) => {
  if (signal.aborted) resolve2(null);
  signal.addEventListener("abort", () => resolve2(null), { once: true });
});
var presented = (name, text2, work) => {
  if (name === "read") return text2.toWellFormed();
  if (name !== "glob" && name !== "grep") return text2;
  const local = text2.split("\n").map((line) => line.startsWith(`${work}/`) ? line.slice(work.length + 1) : line).join("\n");
  return cutMiddle(local.toWellFormed(), OUTPUT_LIMIT);
};

// core/adapters/workbench/protocol.ts
var WORK = "/work";
var DEFAULT_SECONDS = 120;
var MAX_SECONDS = 600;

// core/agents/tools.ts
var text = { type: "string" };
var TOOLS = [
  {
    name: "read",
    description: "Read a text file. Over 100 KiB: give view_range.",
    input_schema: {
      type: "object",
      properties: {
        file_path: text,
        view_range: {
          type: "array",
          items: { type: "integer" },
          description: "[first, last] line, from 1, inclusive"
        }
      },
      required: ["file_path"]
    }
  },
  {
    name: "write",
    description: "Write a whole text file; makes parent directories.",
    input_schema: {
      type: "object",
      properties: { file_path: text, content: text },
      required: ["file_path", "content"]
    }
  },
  {
    name: "edit",
    description: "Replace old_string, which must occur exactly once unless replace_all.",
    input_schema: {
      type: "object",
      properties: {
        file_path: text,
        old_string: text,
        new_string: text,
        replace_all: { type: "boolean" }
      },
      required: ["file_path", "old_string", "new_string"]
    }
  },
  {
    name: "glob",
    description: "Find files by a pattern such as src/**/*.ts, newest first, at most 200.",
    input_schema: {
      type: "object",
      properties: { pattern: text, path: { type: "string", description: "directory to search" } },
      required: ["pattern"]
    }
  },
  {
    name: "grep",
    description: "Search file contents for a regular expression.",
    input_schema: {
      type: "object",
      properties: { pattern: text, path: { type: "string", description: "file or directory to search" } },
      required: ["pattern"]
    }
  },
  {
    name: "bash",
    description: "Run a command in a new shell at the project's root, without network. Only files last from call to call; processes still running when the shell exits are killed.",
    input_schema: {
      type: "object",
      properties: {
        command: text,
        timeout_seconds: { type: "integer", description: "default 120, at most 600" }
      },
      required: ["command"]
    }
  }
];

// core/model/patch/glob.ts
var matchesGlob = (path3, pattern) => toRegExp(pattern).test(path3);
var matchesAnyGlob = (path3, patterns) => patterns.some((pattern) => matchesGlob(path3, pattern));
var toRegExp = (pattern) => {
  const directoryOnly = pattern.endsWith("/");
  const body = pattern.replace(/^\.\//, "").replace(/\/+$/, "");
  const anchored = body.includes("/");
  const segments = body.replace(/^\/+/, "").split("/");
  const below = directoryOnly ? "/.+" : "(?:/.+)?";
  return new RegExp(`^${anchored ? "" : "(?:.*/)?"}${joined(segments)}${below}$`, "su");
};
var joined = (segments) => segments.map((segment, index) => {
  const last = index === segments.length - 1;
  if (segment === "**") return last ? ".+" : "(?:.*/)?";
  return one(segment) + (last ? "" : "/");
}).join("").replace(/\/\.\+$/, "/.+");
var one = (segment) => segment.replace(/\[!?[^\]/]+\]|\*+|\?|[\\^$.|+()[\]{}]/gu, (found) => {
  if (found.startsWith("*")) return "[^/]*";
  if (found === "?") return "[^/]";
  if (found.length > 2 && found.startsWith("["))
    return found.replace(/^\[!/, "[^").replaceAll("\\", "\\\\").replace(/(?!^)\[/g, "\\[");
  return `\\${found}`;
});

// core/model/patch/path-rules.ts
var pathProblem = (path3, rules) => nameProblem(path3) ?? protectedProblem(path3, rules.protected) ?? scopeProblem(path3, rules.scope);
var BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
var MAX_NAME = 255;
var MAX_PATH = 1e3;
var nameProblem = (path3) => {
  if (new RegExp("\\p{Cc}", "u").test(path3)) return "its name holds control characters; choose another name";
  if (BIDI.test(path3))
    return "its name holds characters that reverse the direction of text; choose another name";
  if (path3.includes("\\")) return "its name holds a backslash; choose another name";
  if (path3.startsWith("-")) return "its name starts with a dash, like an option; choose another name";
  if (byteLength(path3) > MAX_PATH) return `its path is longer than ${MAX_PATH} bytes; choose a shorter one`;
  const segments = path3.split("/");
  if (segments.some((segment) => byteLength(segment) > MAX_NAME))
    return `its name is longer than ${MAX_NAME} bytes; choose a shorter one`;
  if (segments.some((segment) => segment === "" || segment === "." || segment === ".."))
    return "it is not a plain relative path";
  return null;
};
var PROTECTED_NAMES = /* @__PURE__ */ new Set([
  ".git",
  ".gitmodules",
  ".gitattributes",
  ".npmrc",
  ".mcp.json",
  "codeowners",
  "claude.md",
  "agents.md"
]);
var ORDINARY = /* @__PURE__ */ new Set([".gitignore", ".gitkeep"]);
var GIT_SHORT_NAME = /^(?:git|gitmod|gitatt|github)~\d+$/;
var protectedProblem = (path3, globs) => {
  const segments = path3.split("/");
  const folded = segments.map(foldName);
  if (folded.some((name) => name === ".git" || GIT_SHORT_NAME.test(name)))
    return `it is, or looks like, git's own metadata; ${LEAVE_IT}`;
  if (folded[0] === ".github" || folded.some((name) => PROTECTED_NAMES.has(name))) return PROTECTED;
  if (folded.some((name, index) => ORDINARY.has(name) && name !== segments[index]))
    return "it looks like a file of git's in another spelling; use the plain name";
  if (matchesAnyGlob(path3, globs) || matchesAnyGlob(
    folded.join("/"),
    globs.map((glob2) => glob2.toLowerCase())
  ))
    return PROTECTED;
  return null;
};
var LEAVE_IT = "leave it alone and say in your answer what a person should change there";
var PROTECTED = `it is protected in every project or by this one's configuration; ${LEAVE_IT}`;
var scopeProblem = (path3, scope) => {
  if (matchesAnyGlob(path3, scope.paths_denied))
    return `your role may not change it (denied: ${scope.paths_denied.join(", ")}); leave it to another role`;
  if (scope.paths !== null && !matchesAnyGlob(path3, scope.paths))
    return `your role may only change ${scope.paths.join(", ")}; leave it to another role`;
  return null;
};
var foldName = (name) => name.normalize("NFKC").replace(new RegExp("\\p{Cf}|\\p{Variation_Selector}|\\p{Default_Ignorable_Code_Point}", "gu"), "").toLowerCase().replace(/:.*$/s, "").replace(/[. ]+$/, "");
var byteLength = (text2) => new TextEncoder().encode(text2).length;

// action/tools/input.ts
var inputProblem = (input, schema) => {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    return "the input must be an object";
  for (const name of schema.required) if (!(name in input)) return `\`${name}\` is missing`;
  for (const [name, value] of Object.entries(input)) {
    const property = Object.hasOwn(schema.properties, name) ? schema.properties[name] : void 0;
    if (property !== void 0 && !fits(value, property)) return `\`${name}\` must be ${describe(property)}`;
  }
  return null;
};
var fits = (value, property) => {
  switch (property.type) {
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "integer":
      return Number.isSafeInteger(value);
    case "array":
      return Array.isArray(value) && value.every((item) => fits(item, property.items ?? {}));
    default:
      return true;
  }
};
var describe = (property) => property.type === "array" ? `an array of ${property.items?.type}s` : `a ${property.type}`;

// action/tools/perform.ts
var perform = async (request, tools, signal) => {
  try {
    const found = request.kind === "run" ? await command(request, tools, signal) : await call(request, tools, signal);
    return { ...found, id: request.id, content: shown(found.content, tools.start.work) };
  } catch (error) {
    return { ...failed(error instanceof Error ? error.message : String(error)), id: request.id };
  }
};
var failed = (content) => ({ content, is_error: true, ran: null });
var command = (asked, { shell: shell2 }, signal) => shell2(asked, signal);
var call = async ({ tool, input }, tools, signal) => {
  const refused = permissionProblem(tool, tools.start) ?? inputProblem(input, definition(tool).input_schema);
  if (refused !== null) return failed(`${tool}: ${refused}`);
  const fields = input;
  if (tool === "bash") {
    const seconds = Math.min(MAX_SECONDS, Math.max(1, Number(fields.timeout_seconds ?? DEFAULT_SECONDS)));
    return shell({ command: String(fields.command), seconds }, tools, signal);
  }
  const local = fromShown(fields, tools.start.work);
  if (tool === "write" || tool === "edit") {
    const path3 = await tools.files.relative(String(local.file_path));
    const problem = pathProblem(path3, tools.start.rules);
    if (problem !== null) return failed(`${tool}: ${path3} was not changed: ${problem}`);
  }
  return { ...await tools.files.call(tool, local, signal), ran: null };
};
var shell = command;
var definition = (tool) => {
  const found = TOOLS.find(({ name }) => name === tool);
  if (found === void 0) throw new Error(`there is no tool ${tool}`);
  return found;
};
var NEEDS = {
  read: ["read_only", "read_bash", "full"],
  glob: ["read_only", "read_bash", "full"],
  grep: ["read_only", "read_bash", "full"],
  bash: ["read_bash", "full"],
  write: ["full"],
  edit: ["full"]
};
var permissionProblem = (tool, { rules }) => {
  const { permission } = rules.scope;
  if (NEEDS[tool].includes(permission)) return null;
  return permission === "read_only" ? "your role's permission is read_only: it reads files (read, glob, grep) and neither changes them nor runs commands" : "your role's permission is read_bash: it reads files and runs commands (bash), and changes no files";
};
var shown = (text2, work) => work === WORK ? text2 : text2.replaceAll(work, WORK);
var fromShown = (fields, work) => work === WORK ? fields : Object.fromEntries(
  Object.entries(fields).map(([name, value]) => [
    name,
    ["file_path", "path"].includes(name) && typeof value === "string" ? value.replace(/^\/work(?=\/|$)/, () => work) : value
  ])
);

// action/tools/shell.ts
import { spawn as spawn2 } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
var LONGEST_COMMAND = 1e5;
var DRAIN_MS = 300;
var createShell = (start) => {
  const killLeftovers = leftoverKiller(start);
  return async ({ command: command2, seconds }, signal) => {
    if (Buffer.byteLength(command2) > LONGEST_COMMAND)
      return {
        content: `bash: the command is longer than ${LONGEST_COMMAND} bytes; write a file`,
        is_error: true,
        ran: null
      };
    const began = performance.now();
    const child = spawnShell(command2, start);
    const output = collectOutput(child);
    const end = await ended(child, seconds, signal);
    killLeftovers(child);
    await Promise.race([output.closed, pause(DRAIN_MS)]);
    const took = Math.round(performance.now() - began) / 1e3;
    const text2 = cleanOutput(output.text());
    const ran = { command: command2, exit_code: end.code, seconds: took, output: tail(text2) };
    const shownText = cutMiddle(text2, OUTPUT_LIMIT);
    const separator = shownText === "" || shownText.endsWith("\n") ? "" : "\n";
    return { content: `${shownText}${separator}${end.last}`, is_error: end.code !== 0, ran };
  };
};
var spawnShell = (command2, start) => {
  const child = spawn2("/bin/bash", ["-c", 'exec /bin/bash -o pipefail -c "$1" bash 2>&1', "bash", command2], {
    cwd: start.work,
    env: { ...start.env },
    detached: true,
    stdio: ["ignore", "pipe", "ignore"]
  });
  try {
    writeFileSync(`/proc/${child.pid}/oom_score_adj`, "1000");
  } catch {
  }
  return child;
};
var ended = (child, seconds, signal) => new Promise((resolve2) => {
  const finish = (end) => {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    resolve2(end);
  };
  const stop = () => finish({ code: null, last: "interrupted" });
  const timer = setTimeout(
    () => finish({ code: null, last: `no exit code: stopped after its limit of ${seconds} seconds` }),
    seconds * 1e3
  );
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  child.once("error", (error) => finish({ code: 127, last: `${error.message}
exit code 127` }));
  child.once("exit", (code, name) => {
    const exit = code ?? 128 + (SIGNALS[name ?? ""] ?? 9);
    finish({ code: exit, last: `exit code ${exit}${exit === CUT_OFF ? WHY_CUT_OFF : ""}` });
  });
});
var CUT_OFF = 141;
var WHY_CUT_OFF = ": what stands behind a pipe did not read to the end";
var SIGNALS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25
};
var collectOutput = (child) => {
  const keep = 4 * OUTPUT_LIMIT;
  let head = Buffer.alloc(0);
  let last = Buffer.alloc(0);
  let dropped = 0;
  child.stdout?.on("data", (chunk) => {
    const room = Math.max(0, keep - head.length);
    if (room > 0) head = Buffer.concat([head, chunk.subarray(0, room)]);
    last = Buffer.concat([last, chunk.subarray(room)]);
    if (last.length > 2 * keep) {
      dropped += last.length - keep;
      last = last.subarray(last.length - keep);
    }
  });
  const closed = new Promise((resolve2) => child.once("close", () => resolve2()));
  return {
    closed,
    text: () => head.toString("utf8") + (dropped > 0 ? `
[${dropped} bytes left out]
` : "") + last.toString("utf8")
  };
};
var pause = (ms) => new Promise((resolve2) => setTimeout(resolve2, ms));
var leftoverKiller = (start) => {
  const wholeNamespace = start.leftovers === "namespace" && ownsNamespace();
  return (child) => {
    if (wholeNamespace) return quietly(() => process.kill(-1, "SIGKILL"));
    if (child.pid !== void 0) quietly(() => process.kill(-child.pid, "SIGKILL"));
  };
};
var ownsNamespace = () => {
  try {
    return process.ppid === 1 && readFileSync("/proc/1/comm", "utf8").trim() === "bwrap";
  } catch {
    return false;
  }
};
var quietly = (kill) => {
  try {
    kill();
  } catch {
  }
};

// action/tools.ts
var answer = (line) => {
  process.stdout.write(`${JSON.stringify(line)}
`);
};
var serve = async () => {
  const lines = createInterface2({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  const running = /* @__PURE__ */ new Map();
  let tools = null;
  let last = Promise.resolve();
  lines.on("close", () => {
    for (const controller of running.values()) controller.abort();
    last.finally(() => process.exit(0));
  });
  lines.on("line", (line) => {
    if (tools === null) {
      const start = JSON.parse(line);
      tools = { start, shell: createShell(start), files: createFileTools(start) };
      return answer({ id: "start", content: "", is_error: false, ran: null });
    }
    const request = JSON.parse(line);
    if (request.kind === "cancel") return running.get(request.id)?.abort();
    const ready = tools;
    const controller = new AbortController();
    running.set(request.id, controller);
    last = last.then(async () => {
      answer(await perform(request, ready, controller.signal));
      running.delete(request.id);
    });
  });
};
await serve();
