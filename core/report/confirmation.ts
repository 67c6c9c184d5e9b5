// The reply to a command that changes nothing else that people see.
import type { CompletionMode } from "../model/config.ts";
import { safeInline } from "../text/safe.ts";
import { codeOf } from "./term.ts";

export type Confirmation =
  | { readonly kind: "decided" | "dropped"; readonly id: number; readonly title: string }
  | { readonly kind: "mode"; readonly mode: CompletionMode };

export const confirmation = (done: Confirmation): string => {
  switch (done.kind) {
    case "decided":
      return `Decision ${codeOf(`#${done.id}`)} is in force from the next pipeline on: ${titleOf(done)}. \`/kin decide drop ${done.id}\` takes it back.`;
    case "dropped":
      return `Decision ${codeOf(`#${done.id}`)} is no longer in force from the next pipeline on: ${titleOf(done)}. \`/kin decide ${done.id}\` puts it back.`;
    case "mode":
      return done.mode === "auto_complete"
        ? "From the next plan on no review of this task is asked for. It completes by itself where the configuration says `merge: auto`; else you are told when the merge is yours."
        : "From the next plan on this task asks for a review.";
    default:
      return done satisfies never;
  }
};

const titleOf = ({ title }: { readonly title: string }): string =>
  safeInline(title, { limit: 200 }).replace(/\.$/, "");
