// What a role's permission allows. Without zod: the services in the sandbox use it, too, and they start often.

/**
 * The most tools that a permission allows. A role that reads the web writes no file and runs no command: a page may hold
 * anything, and an address can carry away what was read here.
 */
export const TOOLS_OF = {
  read_only: ["read", "glob", "grep", "skill", "web", "workers"],
  read_bash: ["read", "glob", "grep", "bash", "skill"],
  full: ["read", "glob", "grep", "write", "edit", "bash", "skill"],
} satisfies Readonly<Record<string, readonly string[]>>;

/** Why a role with this permission may not call the tool, for the model to act on; null if it may. */
export const permissionProblem = (tool: string, permission: keyof typeof TOOLS_OF): string | null => {
  if (TOOLS_OF[permission].includes(tool)) return null;
  return permission === "read_only"
    ? "your role's permission is read_only: it reads files (read, glob, grep) and neither changes them nor runs commands"
    : "your role's permission is read_bash: it reads files and runs commands (bash), and changes no files";
};
