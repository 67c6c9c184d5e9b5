// The tools of a coordinator, shown to nobody else and after all of Kin's own.
import type { ToolDefinition } from "./tools.ts";

const text = { type: "string" };
const area = {
  type: "array",
  items: text,
  description:
    "what it may change: files, or directories with a slash at their end; none: everything, and then nobody writes beside it",
};

export const WORKER_TOOLS: readonly ToolDefinition[] = [
  {
    name: "spawn_worker",
    description:
      "Start a worker. It sees its task and the contract, and nothing of your conversation. Several calls in one reply start together.",
    input_schema: {
      type: "object",
      properties: {
        agent_type: text,
        description: { type: "string", description: "three to eight words, for people" },
        task: {
          type: "string",
          description: "stands alone: what, where (path and line), why, what finished looks like",
        },
        area,
      },
      required: ["agent_type", "description", "task"],
    },
  },
  {
    name: "send_message",
    description:
      "Say something to a worker. One at work hears it at its next turn; one that is over goes on with everything it knew.",
    input_schema: {
      type: "object",
      properties: {
        worker: { type: "string", description: "such as w2" },
        message: text,
        as: { type: "string", description: "go on as another type, such as a reader that is to write" },
        area,
      },
      required: ["worker", "message"],
    },
  },
  {
    name: "stop_worker",
    description:
      "Stop a worker at once. What it wrote is kept for it, and not joined; `send_message` takes it up again.",
    input_schema: { type: "object", properties: { worker: text }, required: ["worker"] },
  },
  {
    name: "record_contract",
    description:
      "Record what several writers have to agree on; it stands word for word in the first message of each writer and verifier that is started afterwards. Before two of them are at work, and again only when none is.",
    input_schema: { type: "object", properties: { contract: text }, required: ["contract"] },
  },
];

const NAMES: ReadonlySet<string> = new Set(WORKER_TOOLS.map(({ name }) => name));

export const isOrder = (tool: string): boolean => NAMES.has(tool);
