// Workers: 32 of one coordinator at once, driven as the Action drives them, against the same conversations in bare
// calls of the SDK. The model and every tool answer at once, so that only the harness's own share is measured.
import type { ChildProcess } from "node:child_process";
import { heard, kill, start } from "./child.ts";
import type { Figure } from "./figure.ts";
import { median } from "./median.ts";
import { PART, WORKERS } from "./workers/coordinated.ts";
import { type Model, openModel } from "./workers/model.ts";
import { noticeCost } from "./workers/notices.ts";
import { calling, type Reply, said } from "./workers/reply.ts";
import type { Ask } from "./workers/side.ts";

/** Rounds in which each side's code is compiled, so that they bear all one-off costs. */
const WARM_UP = 3;
const ROUNDS = 5;
const TURNS = 20;

/** What a worker does in each turn. */
const TALKS: Readonly<Record<string, Reply>> = {
  // The API's way of saying that a reply goes on: the model is asked again, and nothing else has to be done.
  "turns without a tool": said("x".repeat(2_000), "pause_turn"),
  "turns with a tool's call": calling([{ name: "read", input: { file_path: "a.txt" } }]),
};

export const workers = async (): Promise<readonly Figure[]> => {
  const figures: Figure[] = [];
  for (const [talk, reply] of Object.entries(TALKS)) figures.push(...figuresOf(talk, await play(reply)));
  const ms = await noticeCost();
  return [
    ...figures,
    {
      what: `a notice: ${WORKERS} workers' answers are settled and come into their coordinator's requests, for each`,
      found: `${ms.toFixed(2)} ms of a processor`,
      goal: "< 1 ms",
      ok: ms < 1,
    },
  ];
};

interface Played {
  readonly kin: Taken;
  readonly sdk: Taken;
}

interface Taken {
  /** For all 32 together, per round: turns per second by the clock, and by their process's CPU time. */
  readonly paces: readonly Pace[];
  /** Bytes held per conversation. */
  readonly live: number;
}

interface Pace {
  readonly clock: number;
  readonly processor: number;
}

/** Alternately, so that both share the noise. */
const play = async (reply: Reply): Promise<Played> => {
  const kin = await openSide("kin", reply);
  const sdk = await openSide("sdk", reply);
  const both = async () => {
    const pace = await kin.round([]);
    return { kin: pace, sdk: await sdk.round(kin.model.first) };
  };
  for (let round = 0; round < WARM_UP; round++) await both();
  const before = [await kin.ask("bytes"), await sdk.ask("bytes")] as const;
  const paces: { readonly kin: Pace; readonly sdk: Pace }[] = [];
  for (let round = 0; round < ROUNDS; round++) paces.push(await both());
  const held = [await kin.ask("bytes"), await sdk.ask("bytes")] as const;
  await Promise.all([kin.close(), sdk.close()]);
  const conversations = ROUNDS * WORKERS;
  return {
    kin: { paces: paces.map(({ kin }) => kin), live: (held[0] - before[0]) / conversations },
    sdk: { paces: paces.map(({ sdk }) => sdk), live: (held[1] - before[1]) / conversations },
  };
};

interface Side {
  readonly model: Model;
  /** Runs until each of 32 conversations has had its turns and waits for its next reply. */
  readonly round: (first: readonly unknown[]) => Promise<Pace>;
  readonly ask: (kind: "bytes" | "ms") => Promise<number>;
  readonly close: () => Promise<void>;
}

const openSide = async (side: "kin" | "sdk", reply: Reply): Promise<Side> => {
  const model = await openModel({ reply, turns: TURNS, conversations: WORKERS, opening: SPAWNS });
  const child: ChildProcess = start(`workers/${side}.ts`, model.url);
  const send = (ask: Ask) => child.send(ask);
  const ask: Side["ask"] = kind => {
    const answer = heard<number>(child);
    send({ kind });
    return answer;
  };
  return {
    model,
    ask,
    round: async first => {
      const held = model.hold();
      const before = await ask("ms");
      send({ kind: "begin", first });
      const clock = await held;
      const processor = (await ask("ms")) - before;
      const turns = WORKERS * TURNS * 1000;
      return { clock: turns / clock, processor: turns / processor };
    },
    close: async () => {
      await kill(child);
      model.close();
    },
  };
};

const SPAWNS = calling(Array.from({ length: WORKERS }, () => ({ name: "spawn_worker", input: PART })));

const figuresOf = (talk: string, { kin, sdk }: Played): readonly Figure[] => {
  const ratio = (by: keyof Pace) =>
    median(kin.paces.map((pace, round) => pace[by] / (sdk.paces[round]?.[by] ?? 0)));
  const shown = ({ paces }: Taken) => median(paces.map(({ clock }) => clock)).toFixed(0);
  const kib = ({ live }: Taken) => (live / 1024).toFixed(0);
  const [pace, heap] = [ratio("clock"), kin.live / sdk.live];
  return [
    {
      what: `${talk}: turns a second of ${WORKERS} workers at once, against bare calls of the SDK`,
      found: `${pace.toFixed(2)} (${shown(kin)}, SDK ${shown(sdk)}; by processor time ${ratio("processor").toFixed(2)})`,
      goal: "≥ 0.8",
      ok: pace >= 0.8,
    },
    {
      what: `${talk}: live memory of a worker in turn ${TURNS + 1}, against bare calls of the SDK`,
      found: `${heap.toFixed(2)} (${kib(kin)} KiB, SDK ${kib(sdk)} KiB)`,
      goal: "≤ 1.2",
      ok: heap <= 1.2,
    },
  ];
};
