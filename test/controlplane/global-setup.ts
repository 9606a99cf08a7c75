// Vitest's global setup of `npm run test:cluster`: one control plane for the whole run, in Vitest's own process.
import { CLUSTER_FILE_VARIABLE, connectControlPlane, shareControlPlane } from './share.ts'
import { startControlPlane } from './start.ts'

/** Starts a control plane and names it in the environment of the test files, unless one is named there already. */
export default async function setup(): Promise<() => Promise<void>> {
  const given = process.env[CLUSTER_FILE_VARIABLE]
  if (given !== undefined) {
    console.error(`Using the control plane at ${connectControlPlane(given).server}`)
    return () => Promise.resolve()
  }
  const controlPlane = await startControlPlane()
  const sharing = await shareControlPlane(controlPlane)
  process.env[CLUSTER_FILE_VARIABLE] = sharing.file
  return async () => {
    await sharing.close()
    await controlPlane.stop()
  }
}
