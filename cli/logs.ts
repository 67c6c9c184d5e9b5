// `kin logs ISSUE`: what its pipelines did, one line per event, from the journals.

import type { Store } from "../app/store/port.ts";
import type { JournalEvent } from "../core/model/event.ts";
import type { Pipeline } from "../core/model/pipeline.ts";
import { apply, open } from "../core/pipeline/apply.ts";
import { createStoryteller, type Storyteller, wordsOf } from "../core/report/storyteller.ts";
import { readArguments } from "./arguments.ts";
import { openStore } from "./data-directory.ts";
import { endOf } from "./end.ts";
import { taskNamed } from "./task-named.ts";
import { clockOf, paint } from "./terminal.ts";

type Env = Readonly<Record<string, string | undefined>>;

const LOOK_MS = 500;

export const logs = async (args: readonly string[], env: Env): Promise<number> => {
  const { values, positionals } = readArguments(
    args,
    { follow: { type: "boolean", default: false }, data: { type: "string" } },
    { positionals: ["ISSUE"] },
  );
  const store = await openStore(values.data, env);
  try {
    const task = await taskNamed(positionals[0], { store, command: "kin logs" });
    const ended = endOf(process);
    const told = new Map<string, Telling>();
    do {
      await tellNew(store, { task_id: task.id, told });
      if (values.follow && !ended.signal.aborted) await new Promise(resolve => setTimeout(resolve, LOOK_MS));
    } while (values.follow && !ended.signal.aborted);
    return ended.code() ?? 0;
  } finally {
    store.close();
  }
};

interface Telling {
  readonly tell: Storyteller;
  pipeline: Pipeline | null;
  begun: number;
}

const tellNew = async (
  store: Store,
  { task_id, told }: { readonly task_id: number; readonly told: Map<string, Telling> },
): Promise<void> => {
  for (const { id, seq } of await store.pipelines(task_id)) {
    const telling = told.get(id) ?? { tell: createStoryteller(), pipeline: null, begun: 0 };
    told.set(id, telling);
    const known = telling.pipeline?.seq ?? 0;
    if (known < seq) for (const event of await store.journal(id, known)) say(telling, event);
  }
};

/** Times count from the opening of the pipeline. */
const say = (telling: Telling, event: JournalEvent): void => {
  const at = Date.parse(event.at);
  if (telling.pipeline === null) telling.begun = at;
  const pipeline = telling.pipeline === null ? open(event) : apply(telling.pipeline, event);
  telling.pipeline = pipeline;
  const time = clockOf((at - telling.begun) / 1000);
  for (const one of telling.tell(event, pipeline)) {
    const text = `pipeline ${pipeline.opening.number}  ${wordsOf(one)}`;
    process.stdout.write(paint({ text, tone: one.tone }, { time, stream: process.stdout }));
  }
};
