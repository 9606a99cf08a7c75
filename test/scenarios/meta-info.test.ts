// spec 7.9: what runs here can be read from a ConfigMap, which nothing follows.
import { expect, test } from 'vitest'
import { eventually } from './harness/eventually.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()

test('it says which version runs with which options, and a restart leaves it as it is', async () => {
  const { controller, installation } = await world.start({ flags: ['--reload-strategy=annotations'] })
  const info = installation.home.config('ConfigMap', 'reloader-meta-info')
  const written = await eventually(() => info.get().catch(() => undefined), { what: 'the ConfigMap' })
  expect(written.metadata.labels).toEqual({ 'reloader.stakater.com/meta-info': 'reloader' })
  const { reloaderOptions = '' } = (written as { readonly data?: Record<string, string> }).data ?? {}
  expect(JSON.parse(reloaderOptions).reloadStrategy).toBe('annotations')
  await controller.kill('SIGTERM')
  const next = await installation.start()
  await next.decided()
  const writes = next.proxy.requestsLike({ name: 'reloader-meta-info', verb: ['create', 'update'] })
  expect(writes).toEqual([])
  expect((await info.get()).metadata.resourceVersion).toBe(written.metadata.resourceVersion)
})
