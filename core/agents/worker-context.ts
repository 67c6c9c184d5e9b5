// What a worker is shown: the system prompt of its role, and a first message that stands alone. Of its coordinator's
// conversation it sees only the task that it was given, and what all writers share.
import type { Crew, Worker } from "../model/pipeline.ts";
import { workerName } from "../model/worker.ts";
import { prefix } from "../text/invisible.ts";
import {
  baseLines,
  type ContextInput,
  firstOf,
  numbered,
  type OpenedConversation,
  patchSections,
  SKILLS,
  setupLines,
  systemOf,
} from "./context.ts";
import { rulesFor } from "./contributing.ts";
import { reportText } from "./notice.ts";
import { section } from "./section.ts";
import { skillLines } from "./skills.ts";
import { voiceless } from "./voice.ts";

export const openWorker = (worker: Worker, input: ContextInput): OpenedConversation => ({
  system: systemOf(input),
  first: firstOf(input, sectionsOf(worker, input)),
});

const sectionsOf = (worker: Worker, input: ContextInput): readonly string[] => {
  const { pipeline, role } = input;
  const { opening, setup } = pipeline;
  const runs = role.permissions !== "read_only";
  const crew = pipeline.steps[worker.number]?.attempts.at(-1)?.crew;
  return [
    section("What the task is about", opening.task.title, input),
    section("What you do not have of this project's servers", (input.mcp?.notes ?? []).join("\n"), input),
    ...(runs
      ? [
          section("What setup could not bring", setupLines(setup), input),
          section("The project's own commands, before anything was changed", baseLines(pipeline), input),
        ]
      : []),
    section("The project's rules for contributions", rulesFor(setup?.rules ?? [], role), input),
    role.tools.includes("skill") ? section(SKILLS, skillLines(setup?.skills), input) : "",
    ...(worker.gate
      ? [
          section("Acceptance criteria of the task", numbered(opening.task.acceptance_criteria), input),
          section("What writers were asked for", askedLines(crew), input),
        ]
      : []),
    worker.writes || worker.gate ? contractSection(crew) : "",
    worker.writes || worker.gate ? section("Build log: what was built so far", logLines(crew), input) : "",
    ...(worker.gate ? patchSections(input) : []),
    `## Your part\n\n${voiceless(worker.brief)}`,
    worker.gate ? CHECKLIST : "",
  ];
};

/** The same bytes for everybody: there is one text, and only the coordinator replaces it. */
const contractSection = (crew: Crew | undefined): string =>
  crew?.contract == null
    ? ""
    : `## The contract\n\nIt is law for every side of it. Nobody changes it but the coordinator: what is wrong with it goes into your report.\n\n${voiceless(crew.contract)}`;

const LONGEST_LOG = 20_000;
const LONGEST_TASK = 4_000;

/** In the order in which they were joined, which never changes. */
const logLines = (crew: Crew | undefined): string =>
  prefix(
    (crew?.joins ?? [])
      .map(({ worker: number, changes }) => {
        const worker = crew?.workers.find(({ worker }) => worker === number);
        const answer = worker?.answer ?? {};
        const files = changes.map(({ path }) => path).join(", ");
        return `## ${workerName(number)}: ${worker?.description ?? ""} (${worker?.role ?? ""})\nFiles: ${files}\n${reportText(answer)}`;
      })
      .join("\n\n"),
    LONGEST_LOG,
  );

const askedLines = (crew: Crew | undefined): string =>
  (crew?.workers ?? [])
    .filter(({ writes }) => writes)
    .map(({ worker, brief }) => `## ${workerName(worker)}\n${prefix(brief, LONGEST_TASK)}`)
    .join("\n\n");

/** For whoever verifies what several writers made side by side. */
const CHECKLIST = `## What has to hold between the parts

Hold each line of the contract against the code on both sides, with the place or the run that shows it: of services every route with its method and path, keys and types of requests and replies, status codes, ports and the proxy's target, allowed origins, a health route that answers 200, names of environment variables with their example file; of programs command lines, formats of files, exit codes and what is printed where; of modules names, signatures and errors. For each mismatch: file, line, what is wrong, what mends it.`;
