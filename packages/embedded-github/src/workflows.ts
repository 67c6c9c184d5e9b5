// Workflow files: which there are, their names, whether they can be dispatched and with which inputs.

import { parse } from "yaml";
import * as z from "zod";
import { type Contexts, interpolate } from "./expression.ts";
import { unprocessable } from "./failure.ts";
import { gitMaybe } from "./git.ts";
import { objectContent } from "./git-batch.ts";
import { readRef } from "./git-read.ts";
import type { Repository, WorkflowRow } from "./state.ts";
import { gitDirectory, type World } from "./world.ts";

const Input = z
  .object({
    required: z.boolean().catch(false).default(false),
    default: z.union([z.string(), z.number(), z.boolean()]).transform(String).optional(),
    description: z.string().optional().catch(undefined),
    type: z.string().catch("string").default("string"),
    options: z
      .array(z.union([z.string(), z.number()]).transform(String))
      .catch([])
      .default([]),
  })
  .nullable()
  .transform(
    input =>
      input ?? { required: false, description: undefined, type: "string", options: [], default: undefined },
  );
const Dispatch = z.object({ inputs: z.record(z.string(), Input).nullish() }).nullable();
const Workflow = z.object({
  name: z.string().optional(),
  "run-name": z.string().optional(),
  on: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]),
});

export interface WorkflowFile {
  readonly path: string;
  readonly text: string;
  readonly name: string;
  readonly runName: string | null;
  /** Null if the file has no `workflow_dispatch` trigger. */
  readonly inputs: Readonly<Record<string, z.output<typeof Input>>> | null;
}

export async function workflowAt(
  world: World,
  repository: Repository,
  at: { readonly sha: string; readonly path: string },
): Promise<WorkflowFile | null> {
  const found = await objectContent(gitDirectory(world, repository), `${at.sha}:${at.path}`);
  if (found?.type !== "blob") return null;
  const text = found.content.toString("utf8").trimEnd();
  const workflow = Workflow.safeParse(safeYaml(text));
  // A file that does not parse is listed by its path and cannot be started.
  if (!workflow.success) return { path: at.path, text, name: at.path, runName: null, inputs: null };
  const { name, on } = workflow.data;
  return {
    path: at.path,
    text,
    name: name ?? at.path,
    runName: workflow.data["run-name"] ?? null,
    inputs: inputsOf(on),
  };
}

function safeYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function inputsOf(on: z.output<typeof Workflow>["on"]): WorkflowFile["inputs"] {
  if (typeof on === "string") return on === "workflow_dispatch" ? {} : null;
  if (Array.isArray(on)) return on.includes("workflow_dispatch") ? {} : null;
  if (!("workflow_dispatch" in on)) return null;
  return Dispatch.catch(null).parse(on.workflow_dispatch)?.inputs ?? {};
}

/** The workflows on the default branch; each keeps its id forever. */
export async function workflowsOf(
  world: World,
  repository: Repository,
): Promise<{ row: WorkflowRow; file: WorkflowFile }[]> {
  const ref = `refs/heads/${repository.defaultBranch}`;
  const directory = gitDirectory(world, repository);
  const sha = await readRef(directory, ref);
  if (sha === null) return [];
  const listed =
    (await gitMaybe(directory, ["ls-tree", "--name-only", sha, "--", ".github/workflows/"])) ?? "";
  const paths = listed.split("\n").filter(path => /\.ya?ml$/.test(path));
  const found: { row: WorkflowRow; file: WorkflowFile }[] = [];
  for (const path of paths) {
    const file = await workflowAt(world, repository, { sha, path });
    if (file !== null) found.push({ row: rowOf(world, repository, path), file });
  }
  return found;
}

function rowOf(world: World, repository: Repository, path: string): WorkflowRow {
  const known = repository.workflows.find(row => row.path === path);
  if (known !== undefined) return known;
  const row: WorkflowRow = { id: world.id(), path, state: "active", createdAt: world.stamp() };
  repository.workflows.push(row);
  world.saved();
  return row;
}

/** The inputs that a run gets, or GitHub's refusal. */
export function checkInputs(
  file: WorkflowFile,
  given: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const declared = file.inputs;
  if (declared === null) throw unprocessable("Workflow does not have 'workflow_dispatch' trigger");
  const unknown = Object.keys(given).filter(name => declared[name] === undefined);
  if (unknown.length > 0) throw unprocessable(`Unexpected inputs provided: ${JSON.stringify(unknown)}`);
  const inputs: Record<string, string> = {};
  for (const [name, input] of Object.entries(declared)) {
    const value = given[name] === undefined ? input.default : String(given[name]);
    if (input.required && (value === undefined || value === ""))
      throw unprocessable(`Required input '${name}' not provided`);
    checkValue(name, input, value);
    inputs[name] = value ?? (input.type === "boolean" ? "false" : "");
  }
  if (JSON.stringify(inputs).length > 65_535) throw unprocessable("inputs are too large.");
  return inputs;
}

function checkValue(name: string, input: z.output<typeof Input>, value: string | undefined): void {
  if (value === undefined) return;
  const allowed =
    input.type === "boolean" ? ["true", "false"] : input.type === "choice" ? input.options : [value];
  if (!allowed.includes(value))
    throw unprocessable(`Provided value '${value}' for input '${name}' not in the list of allowed values`);
}

/** The `run-name`, with its expressions evaluated. */
export function runTitle(
  file: WorkflowFile,
  run: { readonly inputs: Readonly<Record<string, string>>; readonly actor: string; readonly ref: string },
): string {
  const { inputs, actor, ref } = run;
  const github = {
    actor,
    triggering_actor: actor,
    event_name: "workflow_dispatch",
    event: { inputs },
    ref,
    ref_name: ref.replace(/^refs\/(heads|tags)\//, ""),
    workflow: file.name,
  };
  // In `inputs`, declared booleans are booleans; in the event everything is text.
  const typed = Object.entries(inputs).map(([name, value]) => [
    name,
    file.inputs?.[name]?.type === "boolean" ? value === "true" : value,
  ]);
  const title = interpolated(file.runName ?? "", { inputs: Object.fromEntries(typed), github });
  return title.trim() === "" ? file.name : title;
}

/** Unreadable expressions stay as they are: a title must not keep a run from starting. */
function interpolated(text: string, contexts: Contexts): string {
  try {
    return interpolate(text, contexts);
  } catch {
    return text;
  }
}
