// `kin logs ISSUE`: what its pipelines did, one line per event, from the journals.
import { setTimeout as sleep } from "node:timers/promises";
import { type Env, FLAG, readArguments, TEXT } from "./arguments.ts";
import { withStore } from "./data-directory.ts";
import { endOf } from "./end.ts";
import { taskNamed } from "./task-named.ts";
import { createTelling } from "./telling.ts";
import { clockOf, paint } from "./terminal.ts";

const LOOK_MS = 500;

export const logs = async (args: readonly string[], env: Env): Promise<number> => {
  const { values, positionals } = readArguments(
    args,
    { follow: FLAG, data: TEXT },
    { positionals: ["ISSUE"] },
  );
  return withStore({ data: values.data, env }, async store => {
    const task = await taskNamed(positionals[0], { store, command: "kin logs" });
    const ended = endOf(process);
    const tellNew = createTelling({
      store,
      told: new Map(),
      say: (told, { event, pipeline }) => {
        const time = clockOf((Date.parse(event.at) - Date.parse(pipeline.started_at)) / 1000);
        process.stdout.write(paint(told, { time, stream: process.stdout }));
      },
    });
    do {
      await tellNew(task.id);
      if (values.follow && !ended.signal.aborted) await sleep(LOOK_MS);
    } while (values.follow && !ended.signal.aborted);
    return ended.code() ?? 0;
  });
};
