// Tokens and certificates that a kubeconfig holds inline or names a file for.

import { problemText } from '../types/problem-text.ts'
import { ConnectionProblem } from './api-error.ts'
import { createFileText, type FileText } from './file-text.ts'
import { type Fields, textOf } from './kubeconfig.ts'

/** The content of `file`, which the kubeconfig names as `name`. Throws `ConnectionProblem`. */
export function readNamed(file: FileText, name: string): string {
  try {
    return file.read()
  } catch (error) {
    throw new ConnectionProblem(`Cannot read the ${name} of the kubeconfig: ${problemText(error)}`, {
      cause: error,
    })
  }
}

/** Reads what `fields` give in base64 as `<name>-data`, or else in the file `<name>`, as client-go does. */
export function pemReader(fields: Fields, name: string): () => string | undefined {
  const inline = textOf(fields, `${name}-data`)
  if (inline !== undefined) {
    const text = Buffer.from(inline, 'base64').toString()
    return () => text
  }
  const path = textOf(fields, name)
  if (path === undefined) return () => undefined
  const file = createFileText(path)
  return () => readNamed(file, name)
}
