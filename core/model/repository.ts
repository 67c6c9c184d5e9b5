// What somebody may do in a repository, as GitHub has it.

export type RepositoryPermission = "admin" | "maintain" | "write" | "triage" | "read" | "none";
