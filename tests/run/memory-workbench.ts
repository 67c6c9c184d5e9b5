// A workbench in memory, for more schedules than a real one could play: three tools, and trees that are hashes of
// files. Like the real one it knows only the trees it made or laid, and undoes what a role may not change.
import { createHash } from "node:crypto";
import type { ToolOutcome, Workbench } from "../../action/drive/ports/workbench.ts";
import { combineChanges, type FileChange } from "../../core/model/change.ts";
import { pathProblem } from "../../core/model/patch/path-rules.ts";

type Files = ReadonlyMap<string, string>;

export const aMemoryWorkbench = (
  base: Files,
  exitCodeOf: (command: string, files: Files) => number,
): Workbench => {
  const known = new Map<string, Files>();
  const learn = (files: Files): string => {
    const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
    const tree = createHash("sha1").update(JSON.stringify(sorted)).digest("hex");
    known.set(tree, new Map(files));
    return tree;
  };
  return {
    setUp: async () => ({ ok: true, tree: learn(base), commands: [], reason: null }),
    baseFile: async path => base.get(path) ?? null,
    look: async () => ({ notes: [], changed: [], diff: "", files: [] }),
    lay: async changes => {
      const files = new Map(base);
      for (const { path, content } of combineChanges([changes])) {
        if (content === null) files.delete(path);
        else files.set(path, content);
      }
      return learn(files);
    },
    open: async ({ tree, scope }) => {
      const start = known.get(tree);
      if (start === undefined) throw new Error(`the tree ${tree} is not known on this runner`);
      const files = new Map(start);
      let last: Files = start;
      const run = (command: string) => {
        const [, removed] = /^rm (.+)$/.exec(command) ?? [];
        if (removed !== undefined) files.delete(removed);
        return { command, exit_code: exitCodeOf(command, files), seconds: 1, output: "" };
      };
      return {
        call: async (use, { signal }): Promise<ToolOutcome> => {
          signal.throwIfAborted();
          const input = use.input as { command?: string; file_path?: string; content?: string };
          const ran = use.name === "bash" ? run(input.command ?? "") : null;
          if (use.name === "write") files.set(input.file_path ?? "", input.content ?? "");
          return { content: ran === null ? "" : `exit code ${ran.exit_code}`, is_error: false, ran };
        },
        start: () => Promise.reject(new Error("no program runs here")),
        judge: async commands => commands.map(run),
        record: async () => {
          const touched = [...new Set([...last.keys(), ...files.keys()])].filter(
            path => last.get(path) !== files.get(path),
          );
          const refused = touched.flatMap(path => {
            const why = pathProblem(path, { scope, protected: [] });
            return why === null ? [] : [{ path, why }];
          });
          for (const { path } of refused) {
            const before = last.get(path);
            if (before === undefined) files.delete(path);
            else files.set(path, before);
          }
          const changes = touched.flatMap((path): FileChange[] => {
            const content = files.get(path) ?? null;
            return last.get(path) === (content ?? undefined)
              ? []
              : [{ path, mode: "100644", content, encoding: "utf-8", in_base: base.has(path) }];
          });
          last = new Map(files);
          return { tree: learn(files), changes, refused };
        },
        close: async () => {},
      };
    },
    judge: async (tree, commands) =>
      commands.map(command => ({
        command,
        exit_code: exitCodeOf(command, tree === null ? base : (known.get(tree) ?? new Map())),
        seconds: 1,
        output: "",
      })),
    close: async () => {},
  };
};
