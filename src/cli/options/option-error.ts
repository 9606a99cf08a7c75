/** Why one value cannot be used; how to mend it may follow. Becomes an `OptionError` with the name of its flag. */
export class ValueError extends Error {
  override readonly name = 'ValueError'
}

/** Something on the command line or in the environment that cannot be used: one line for the person who wrote it. */
export class OptionError extends Error {
  override readonly name = 'OptionError'
}
