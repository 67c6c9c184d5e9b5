// The task's state as one label; labels that are not Kin's states are left alone.
import { type TaskRecord, TaskStatus } from "../../core/model/record.ts";
import { labelsOf } from "../../core/report/labels.ts";
import { note, type Publishing } from "./publishing.ts";

const STATE_LABELS = TaskStatus.options.flatMap(status => labelsOf({ task: { status } as TaskRecord }));

export const publishLabels = async ({ plane, github, view }: Publishing): Promise<void> => {
  const { task } = view;
  const wanted = labelsOf(view);
  if (JSON.stringify(task.published.labels) === JSON.stringify(wanted)) return;
  const issue = await github.issue(task.issue);
  if (issue === null) return;
  const has = new Set(issue.labels.map(label => label.toLowerCase()));
  await github.setLabels(task.issue, {
    add: wanted.filter(label => !has.has(label)),
    remove: STATE_LABELS.filter(label => has.has(label) && !wanted.includes(label)),
  });
  await note({ plane, view }, { labels: [...wanted] });
};
