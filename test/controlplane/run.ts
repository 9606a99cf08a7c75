// Starts a control plane and leaves it running until Ctrl-C, to work against by hand or to run tests on again and again:
//   node scripts/run-ts.mjs test/controlplane/run.ts
import { CLUSTER_FILE_VARIABLE, shareControlPlane } from './share.ts'
import { startControlPlane } from './start.ts'

const controlPlane = await startControlPlane()
const sharing = await shareControlPlane(controlPlane)
console.log(`export KUBECONFIG=${controlPlane.adminKubeconfig} ${CLUSTER_FILE_VARIABLE}=${sharing.file}`)
console.error(`${controlPlane.server} is up; logs are in ${controlPlane.directory}; Ctrl-C ends it`)

await new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
})
await sharing.close()
await controlPlane.stop()
