// What somebody may do in a repository, in GitHub's words.

export type RepositoryPermission = "admin" | "maintain" | "write" | "triage" | "read" | "none";
