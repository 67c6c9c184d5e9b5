// The part of an environment that a project's commands get: what a toolchain needs to be found, and no more. Anything else
// may be a secret under any name.
import { delimiter } from "node:path";
import { wordList } from "../../core/model/word-list.ts";
import type { Env } from "../arguments.ts";

const NAMES: ReadonlySet<string> = new Set(
  wordList(`
    PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM TMPDIR NO_COLOR LD_LIBRARY_PATH SSL_CERT_FILE SSL_CERT_DIR
    XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR XDG_STATE_HOME ASDF_DIR ASDF_DATA_DIR MISE_DATA_DIR
    NODE_ENV NODE_EXTRA_CA_CERTS NVM_DIR FNM_DIR N_PREFIX VOLTA_HOME COREPACK_HOME PNPM_HOME BUN_INSTALL DENO_DIR
    VIRTUAL_ENV CONDA_PREFIX PYENV_ROOT PYENV_VERSION PYTHONPATH GEM_HOME GEM_PATH BUNDLE_PATH RBENV_ROOT RBENV_VERSION
    GOPATH GOROOT GOCACHE GOMODCACHE GOFLAGS GOTOOLCHAIN CARGO_HOME CARGO_TARGET_DIR RUSTUP_HOME RUSTUP_TOOLCHAIN
    JAVA_HOME M2_HOME MAVEN_HOME GRADLE_HOME GRADLE_USER_HOME SDKMAN_DIR ANDROID_HOME DOTNET_ROOT COMPOSER_HOME
    MIX_HOME HEX_HOME SWIFTLY_HOME_DIR
  `),
);

/** Also without the directories that npm adds for Kin: its own programs would replace those that the project lacks. */
export const environmentFor = (env: Env): Record<string, string | undefined> => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => NAMES.has(name) || name.startsWith("LC_"))),
  PATH: env.PATH?.split(delimiter)
    .filter(entry => !/[\\/](?:node_modules[\\/]\.bin|node-gyp-bin)[\\/]?$/.test(entry))
    .join(delimiter),
});
