// A pipeline in one line: how it ended and what it took.
import type { Pipeline } from "../model/pipeline.ts";
import type { PipelineRecord } from "../model/record.ts";
import { safeInline } from "../text/safe.ts";
import { costOfPipeline, costText } from "./cost.ts";
import { duration, firstSentence, shorten } from "./format.ts";
import { link, runUrl } from "./link.ts";
import { withoutGate } from "./rejections-list.ts";
import { nameOf } from "./term.ts";
import type { TaskView } from "./view.ts";
import { endWords } from "./words.ts";

export const outcomeLine = (
  pipeline: Pipeline,
  { record, view }: { readonly record: PipelineRecord; readonly view: TaskView },
): string => {
  const by = pipeline.outcome?.return?.by;
  return [
    `**${record.number}** ${endWords(pipeline)}${by === undefined ? "" : ` by ${nameOf(by)}`}${because(pipeline, view)}`,
    safeInline(costText(costOfPipeline(pipeline))),
    duration(pipeline.seconds),
    link("run", runUrl(record, view)),
  ]
    .filter(part => part !== "" && part !== "run")
    .join(" · ");
};

/** The list of returns has a return with its reason, so its number is enough here. */
const because = (pipeline: Pipeline, view: TaskView): string => {
  const row = view.returns.find(
    ({ pipeline_id, source }) => pipeline_id === pipeline.opening.pipeline && source.startsWith("gate:"),
  );
  if (pipeline.outcome?.kind === "returned" && row !== undefined) return ` (return ${row.return_number})`;
  const reason = shorten(firstSentence(withoutGate(pipeline.outcome?.reason ?? "")), 160);
  return reason === "" ? "" : `: ${safeInline(reason)}`;
};
