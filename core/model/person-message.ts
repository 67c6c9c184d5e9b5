// What people said to a running pipeline, or to one of its workers, and the run has not heard yet.

export type Message = {
  readonly id: number;
  readonly kind: "stop" | "tell";
  readonly by: string;
  readonly text: string;
  readonly worker?: number | undefined;
  /** Whose worker: each attempt of a coordinator numbers its own from 1. */
  readonly crew?: { readonly step: number; readonly attempt: number } | undefined;
};
