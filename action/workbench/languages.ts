// What a tree is written in and made with, judging by extensions, file names and the dependencies in its manifests. A
// guess that only decides which skills roles are offered first. Pure.

/** The text of a file, by its path from the project's root; null if there is none. */
type RootFile = (path: string) => string | null;

interface Trait {
  readonly name: string;
  readonly files: RegExp | null;
  /** A dependency, as any manifest names it. */
  readonly dependency: RegExp | null;
}

const dependency = (...names: readonly string[]): RegExp =>
  new RegExp(`(?:^|[\\s"'/@])(?:${names.join("|")})(?![\\w-])`, "im");

const TRAITS: readonly Trait[] = [
  {
    name: "python",
    files: /\.pyi?$|(?:^|\/)(?:pyproject\.toml|requirements[\w.-]*\.txt)$/,
    dependency: null,
  },
  { name: "django", files: /(?:^|\/)manage\.py$/, dependency: dependency("django") },
  { name: "typescript", files: /\.(?:[cm]?[jt]s|[jt]sx)$|(?:^|\/)package\.json$/, dependency: null },
  { name: "go", files: /\.go$|(?:^|\/)go\.mod$/, dependency: null },
  { name: "rust", files: /\.rs$|(?:^|\/)Cargo\.toml$/, dependency: null },
  { name: "csharp", files: /\.(?:cs|csproj|sln|slnx)$/, dependency: null },
  {
    name: "postgresql",
    files: /\.pgsql$/,
    dependency: dependency(
      ...["pg", "postgres", "pg-promise", "psycopg[23]?", "psycopg2-binary", "asyncpg", "pgx", "pq"],
      ...["tokio-postgres", "pgvector", "Npgsql"],
    ),
  },
  {
    name: "rag",
    files: null,
    dependency: dependency(
      ...["langchain[\\w-]*", "llama[-_]index[\\w-]*", "llamaindex", "chromadb", "faiss[\\w-]*", "pgvector"],
      ...["qdrant[\\w-]*", "pinecone[\\w-]*", "weaviate[\\w-]*", "sentence-transformers", "haystack-ai"],
    ),
  },
  {
    name: "api",
    files: /(?:^|\/)(?:openapi|swagger)[\w.-]*\.(?:ya?ml|json)$|\.proto$/,
    dependency: dependency(
      ...[
        "express",
        "fastify",
        "koa",
        "hono",
        "nestjs/core",
        "restify",
        "flask",
        "fastapi",
        "django",
        "starlette",
      ],
      ...["djangorestframework", "aiohttp", "gin", "echo", "chi", "fiber", "axum", "actix-web", "rocket"],
    ),
  },
];

/** Other people's code, and what every project contains. */
const FOREIGN = /(?:^|\/)(?:node_modules|vendor|third_party|\.venv|site-packages)\/|^\.github\//;
const MANIFESTS = [
  ...["package.json", "pyproject.toml", "requirements.txt", "requirements-dev.txt", "setup.py", "setup.cfg"],
  ...["Pipfile", "go.mod", "Cargo.toml"],
];

/** In the order of the table above. */
export const detectLanguages = (paths: Iterable<string>, file: RootFile): readonly string[] => {
  const own = [...paths].filter(path => !FOREIGN.test(path));
  const manifests = MANIFESTS.map(name => file(name) ?? "").join("\n");
  return TRAITS.filter(
    ({ files, dependency }) =>
      (files !== null && own.some(path => files.test(path))) || dependency?.test(manifests) === true,
  ).map(({ name }) => name);
};
