// The error of the fold for a journal that is impossible.
import { KinError } from "../model/error.ts";

export const illegal = (message: string): KinError =>
  new KinError(`The journal cannot be right: ${message}.`, {
    code: "illegal_event",
    hint: "Report this with the pipeline's id: the App and the Action may be of different versions.",
  });
