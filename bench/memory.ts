// Memory of a task in flight: pipelines side by side against bare calls of the SDK, while the model holds its reply
// back.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { eventsOf } from "../local/model/reply.ts";
import { heard, kill, start } from "./child.ts";
import type { Figure } from "./figure.ts";
import { median } from "./median.ts";
import type { Held } from "./memory/held.ts";

const ROUNDS = 3;
/** A task's first turn, and one after a conversation. */
const TURNS = [1, 5];

export const memory = async (): Promise<readonly Figure[]> => {
  const figures: Figure[] = [];
  for (const turn of TURNS) {
    const [sdk, kin]: [Held[], Held[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      sdk.push(await taken("sdk", turn));
      kin.push(await taken("kin", turn));
    }
    figures.push(figureOf("resident", { turn, sdk, kin }), figureOf("live", { turn, sdk, kin }));
  }
  return figures;
};

interface Sides {
  readonly turn: number;
  readonly sdk: readonly Held[];
  readonly kin: readonly Held[];
}

const figureOf = (what: keyof Held, { turn, sdk, kin }: Sides): Figure => {
  const ratio = median(kin.map((held, round) => held[what] / (sdk[round]?.[what] ?? 0)));
  const kib = (side: readonly Held[]) => (median(side.map(held => held[what])) / 1024).toFixed(0);
  return {
    what: `${what} memory of a task in flight, turn ${turn}, against bare calls of the SDK`,
    found: `${ratio.toFixed(2)} (${kib(kin)} KiB, SDK ${kib(sdk)} KiB)`,
    goal: "≤ 1.2",
    ok: ratio <= 1.2,
  };
};

/** What a side's tasks hold in this turn: its reply begins and does not continue. */
const taken = async (side: string, turn: number): Promise<Held> => {
  const model = createServer(async (request, response) => {
    const now = await turnOf(request);
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (now < turn) response.end(REPLY.join(""));
    else response.write(REPLY[0], () => child.send("held"));
  });
  await new Promise<void>(resolve => model.listen(0, "127.0.0.1", resolve));
  const child = start(`memory/${side}.ts`, `http://127.0.0.1:${(model.address() as AddressInfo).port}`);
  const held = await heard<Held>(child);
  await kill(child);
  model.close();
  return held;
};

const turnOf = async (request: IncomingMessage): Promise<number> => {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body.split('"role":"assistant"').length;
};

/** A tool call, as the events of its stream. */
const REPLY = eventsOf({
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-5-5",
  content: [{ type: "tool_use", id: "toolu_1", name: "read", input: { file_path: "a.txt" } }],
  stop_reason: "tool_use",
  stop_sequence: null,
  usage: {
    input_tokens: 10,
    output_tokens: 10,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  },
}).map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
