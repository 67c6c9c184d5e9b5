// Upgrades a world that an older version wrote.

import type { Repository, State } from "./state.ts";
import { GHOST } from "./world.ts";

export function upgradeState(state: State, createdAt: string): State {
  state.redirects ??= {};
  if (!state.users.some(user => user.id === GHOST))
    state.users.push({ id: GHOST, login: "ghost", type: "User", name: null, createdAt });
  for (const repository of state.repositories) upgradeRepository(repository);
  return state;
}

function upgradeRepository(repository: Repository): void {
  repository.rulesets ??= [];
  repository.activities ??= [];
  repository.actionsEnabled ??= true;
  for (const said of [...repository.comments, ...repository.reviews, ...repository.reviewComments])
    said.editedAt ??= null;
  for (const issue of repository.issues) issue.editedAt ??= null;
  for (const run of repository.runs)
    for (const attempt of run.attempts) for (const job of attempt.jobs) job.summary ??= "";
}
