// A client that writes only as long as it may.
import type { KubeClient } from './client.ts'

/**
 * `client`, asking before each write: `mayWrite` throws why not, and then nothing is sent. Reads are not asked about. What was
 * sent before may still arrive afterwards.
 */
export function fencedClient(client: KubeClient, mayWrite: () => void): KubeClient {
  return {
    server: client.server,
    serves: (...request) => client.serves(...request),
    get: (...request) => client.get(...request),
    getMetadata: (...request) => client.getMetadata(...request),
    list: (...request) => client.list(...request),
    watch: (...request) => client.watch(...request),
    async patch(...request) {
      mayWrite()
      return client.patch(...request)
    },
    async create(...request) {
      mayWrite()
      return client.create(...request)
    },
    async update(...request) {
      mayWrite()
      return client.update(...request)
    },
    async delete(...request) {
      mayWrite()
      return client.delete(...request)
    },
    serverTime: () => client.serverTime(),
    close: () => client.close(),
  }
}
