// What code finds odd in an answer that counts all the same: sentences for the run's log.
import type { Pipeline, Step } from "../model/pipeline.ts";
import { categoryRemark } from "./blocked.ts";
import { analysisOf, isUnfounded } from "./escalation.ts";

export const remarksOn = (step: Step, { opening }: Pipeline): readonly string[] => {
  const category = categoryRemark(step);
  const analysis = analysisOf(step);
  const sentences = analysis === null ? 0 : sentencesIn(analysis.root_cause_analysis);
  return [
    ...(category === null ? [] : [category]),
    ...(sentences > 1 ? [`Its root cause has ${sentences} sentences, where one was asked for.`] : []),
    ...(analysis !== null && isUnfounded(analysis, opening.returns.latest)
      ? ["It hands the task over without `recurring_quality_fail` twice among the returns."]
      : []),
  ];
};

const sentencesIn = (text: string): number =>
  [...new Intl.Segmenter("en", { granularity: "sentence" }).segment(text.trim())].length;
