// Which build this is. scripts/build.mjs puts both values into the bundle; they are not read from the environment.

/** What `--version`, the log and a metric say of the build. */
export interface Build {
  readonly version: string
  /** The commit of the sources, or `unknown`. */
  readonly commit: string
}

/** This build; `dev` when run from the sources. */
export const BUILD: Build = {
  version: process.env.RELOADER_BUILD_VERSION ?? 'dev',
  commit: process.env.RELOADER_BUILD_COMMIT ?? 'unknown',
}

/** `reloader 0.1.0 (commit 1a2b3c4d, Node.js v20.19.0)`. */
export function versionText({ version, commit }: Build): string {
  return `reloader ${version} (commit ${commit.slice(0, 12)}, Node.js ${process.version})`
}
