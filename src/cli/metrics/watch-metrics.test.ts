import { expect, test } from 'vitest'
import { workloadStores } from '../../../test/fake/workload-stores.ts'
import { createStore, type Stored } from '../../kube/store.ts'
import { createMetrics } from '../../telemetry/metrics.ts'
import type { Config } from '../../types/config.ts'
import { countWatchEvents } from './watch-metrics.ts'

const identity: Stored = { ref: { namespace: 'shop', name: 'a' }, uid: 'u1', resourceVersion: '1' }
const config: Config = {
  ...identity,
  ref: { kind: 'ConfigMap', namespace: 'shop', name: 'a' },
  creationTimestamp: '2026-11-21T10:00:00Z',
  firstSeen: '1',
  ignored: false,
  matchable: false,
  flagsSince: '1',
  releases: [],
}

test('events of a watch are counted by type and resource, lists are not, and each is processed', async () => {
  const metrics = createMetrics({ byNamespace: false, version: '1', commit: 'a' })
  const configMaps = createStore<Config>()
  const secrets = createStore<Config>()
  countWatchEvents(
    {
      configs: {
        ConfigMap: configMaps.store,
        Secret: secrets.store,
        SecretProviderClass: createStore<Config>().store,
      },
      workloads: workloadStores(),
    },
    metrics,
  )
  configMaps.set(config, 'list')
  configMaps.set({ ...config, resourceVersion: '2' }, 'watch')
  configMaps.set({ ...config, resourceVersion: '3' }, 'watch')
  configMaps.delete(config.ref, { from: 'watch' })
  secrets.set({ ...config, ref: { ...config.ref, kind: 'Secret' } }, 'watch')
  const series = (await metrics.render()).split('\n').filter((line) => /^reloader_events_/.test(line))
  expect(series.sort()).toEqual([
    'reloader_events_processed_total{event_type="add",resource_type="secrets",result="success"} 1',
    'reloader_events_processed_total{event_type="delete",resource_type="configmaps",result="success"} 1',
    'reloader_events_processed_total{event_type="update",resource_type="configmaps",result="success"} 2',
    'reloader_events_received_total{event_type="add",resource_type="secrets"} 1',
    'reloader_events_received_total{event_type="delete",resource_type="configmaps"} 1',
    'reloader_events_received_total{event_type="update",resource_type="configmaps"} 2',
  ])
})
