// A workbench without files: every tool returns RESULT at once, every command exits 0, every record is the same.
import type { Workbench } from "../action/drive/ports/workbench.ts";

export const RESULT = "x".repeat(2_000);

const TREE = "0".repeat(40);
const ran = (command: unknown) => ({ command: String(command), exit_code: 0, seconds: 1, output: "" });

export const workbench: Workbench = {
  setUp: async () => ({ ok: true, tree: TREE, commands: [], reason: null }),
  open: async () => ({
    call: async ({ name, input }) => ({
      content: RESULT,
      is_error: false,
      ran: name === "bash" ? ran((input as { readonly command?: unknown }).command) : null,
    }),
    start: () => Promise.reject(new Error("no program runs here")),
    judge: async commands => commands.map(ran),
    record: async () => ({ tree: TREE, changes: [], refused: [] }),
    close: async () => {},
  }),
  judge: async (_, commands) => commands.map(ran),
  baseFile: async () => null,
  look: async () => ({ notes: [], changed: [], diff: "", files: [] }),
  lay: async () => "tree1",
  close: async () => {},
};
