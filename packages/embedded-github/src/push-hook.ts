// The settings of a bare repository, and the hook that tells a pusher why Node refuses a push.

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

// Refuses, in GitHub's words, what a ruleset forbids, and new workflow files from Apps that lack `workflows`.
const PRE_RECEIVE = `#!/bin/sh
if [ -n "$REFUSE_PUSH" ]; then
  printf '%s\\n' "$REFUSE_PUSH" >&2
  exit 1
fi
[ -n "$REFUSE_WORKFLOWS" ] || exit 0
while read -r old new ref; do
  case "$new" in *[!0]*) ;; *) continue ;; esac
  file=$(git log --format= --name-only "$new" --not --branches -- .github/workflows | head -n 1)
  if [ -n "$file" ]; then
    printf 'refusing to allow a GitHub App to create or update workflow \`%s\` without \`workflows\` permission\\n' "$file" >&2
    exit 1
  fi
done
`;

const CONFIG = (hooks: string): string => `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	hooksPath = ${JSON.stringify(hooks)}
[http]
	receivepack = true
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[receive]
	hideRefs = refs/pull
	autogc = false
[gc]
	auto = 0
`;

/** What `git init --bare` and its settings would write, without their nine processes. */
export function initBare(directory: string): void {
  for (const folder of ["objects/info", "objects/pack", "refs/heads", "refs/tags"])
    mkdirSync(path.join(directory, folder), { recursive: true });
  writeFileSync(path.join(directory, "HEAD"), "ref: refs/heads/main\n");
  writeFileSync(path.join(directory, "config"), CONFIG(path.join(directory, "hooks")));
  writeHook(directory);
}

/** Also for a repository from an older world, whose hook may be outdated. */
export function writeHook(directory: string): void {
  const hook = path.join(directory, "hooks", "pre-receive");
  mkdirSync(path.dirname(hook), { recursive: true });
  writeFileSync(hook, PRE_RECEIVE);
  chmodSync(hook, 0o755);
}
