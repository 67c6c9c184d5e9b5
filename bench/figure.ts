// One line of a benchmark's result: the figure beside its goal.
export interface Figure {
  readonly what: string;
  readonly found: string;
  readonly goal: string;
  readonly ok: boolean;
}
