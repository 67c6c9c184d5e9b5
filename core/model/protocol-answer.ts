// The answer of the specialist's protocol, `{ status, files_changed, errors, next_action }`, turned into the form that the
// rest of Kin reads. Any role may use it, a project's own included.
import * as z from "zod";
import type { Answer } from "./answer.ts";

const ProtocolAnswer = z.looseObject({
  status: z.string(),
  files_changed: z.array(z.string()),
  errors: z.array(z.string()),
  next_action: z.string(),
});

export const isProtocolAnswer = (answer: Answer): boolean => ProtocolAnswer.safeParse(answer).success;

/**
 * Written files become `changes`, and open points `notes`. An answer that names an error is not done, whatever it says, and
 * the reason for a block is its errors. Any other answer stays as it is.
 */
export const normalised = (answer: Answer): Answer => {
  const { success, data } = ProtocolAnswer.safeParse(answer);
  if (!success) return answer;
  const { proof, ...rest } = answer;
  const errors = data.errors.filter(error => error.trim() !== "");
  const open = [...errors, data.next_action].filter(text => text.trim() !== "").join("\n");
  const isOpen = data.status === "done" && errors.length > 0;
  return {
    changes: data.files_changed.map(file => ({ file, description: "" })),
    notes: open,
    ...(data.status === "blocked" ? { reason: open || "It named no error." } : {}),
    ...rest,
    ...(proof == null ? {} : { proof }),
    ...(isOpen ? { status: "partial" } : {}),
  };
};
