// A pipeline as a Mermaid flowchart. Node ids are ours; a label keeps only characters that mean nothing to Mermaid.
import type { Pipeline, Step } from "../model/pipeline.ts";
import { resultOf, type StepState } from "./step-result.ts";
import { endWords } from "./words.ts";

export const diagram = (pipeline: Pipeline): string => {
  const steps = pipeline.steps.slice(0, MOST_NODES);
  const left = pipeline.steps.length - steps.length;
  const chain = [
    ...steps.map(step => `s${step.number}`),
    ...(left > 0 ? ["more"] : []),
    ...(pipeline.outcome === null ? [] : ["over"]),
  ];
  return [
    "```mermaid",
    "flowchart LR",
    ...steps.map(step => `  ${node(step, pipeline)}`),
    ...(left > 0 ? [`  more["${left} more"]`] : []),
    ...(pipeline.outcome === null ? [] : [`  over(["${endWords(pipeline)}"]):::${endClass(pipeline)}`]),
    ...(chain.length > 1 ? [`  ${chain.join(" --> ")}`] : []),
    "  classDef good stroke:#1a7f37,stroke-width:2px",
    "  classDef bad stroke:#cf222e,stroke-width:2px",
    "  classDef busy stroke:#0969da,stroke-width:2px",
    "  classDef open stroke-dasharray:4 3",
    "```",
  ].join("\n");
};

/** Mermaid draws at most 500 edges; a chart that long is not read anyway. */
const MOST_NODES = 40;

const node = (step: Step, pipeline: Pipeline): string => {
  const { state, words } = resultOf(step, pipeline);
  const attempts = step.attempts.length > 1 && state !== "failed" ? `, attempt ${step.attempts.length}` : "";
  const text = `${step.number} ${label(step.role)}<br>${words}${attempts}`;
  const [left, right] = step.gate ? ['{{"', '"}}'] : ['["', '"]'];
  return `s${step.number}${left}${text}${right}:::${CLASS[state]}`;
};

const CLASS: Readonly<Record<StepState, string>> = {
  waiting: "open",
  working: "busy",
  kept: "good",
  done: "good",
  approved: "good",
  revised: "open",
  given_up: "open",
  rejected: "bad",
  failed: "bad",
  blocked: "bad",
  unfinished: "open",
};

const endClass = (pipeline: Pipeline): string => {
  switch (pipeline.outcome?.kind) {
    case "passed":
      return "good";
    case "planned_only":
    case undefined:
      return "open";
    default:
      return "bad";
  }
};

const label = (text: string): string =>
  [
    ...text
      .replace(/[^\p{L}\p{N} _.-]+/gu, " ")
      .replace(/\s+/g, " ")
      .trim(),
  ]
    .slice(0, 40)
    .join("") || "unnamed";
