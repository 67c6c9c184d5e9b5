// One line of what the benches found: the figure beside its goal.
export interface Figure {
  readonly what: string;
  readonly found: string;
  readonly goal: string;
  readonly ok: boolean;
}
