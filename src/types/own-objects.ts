// The objects that an installation keeps for itself, by name and label. Whoever writes one, needs a right to it, leaves it alone or
// removes it finds it here. `installation` is its name: RELOADER_DEPLOYMENT_NAME.

/** On the ConfigMaps of the record store and of the journal, and their only one; the value is the name of the installation. */
export const RECORDS_LABEL = 'reloader.stakater.com/records'

/** On the ConfigMap that says what runs here. */
export const META_INFO_LABEL = 'reloader.stakater.com/meta-info'

/** The ConfigMap that says what runs here: the incumbent's name, whatever the installation is called. */
export const META_INFO_NAME = 'reloader-meta-info'

/** The incumbent's Lease: replicas of either program never act at once. */
export const LEASE_NAME = 'stakater-reloader-lock'

/** The ConfigMap of one shard of the record store. */
export function shardName(installation: string, index: number): string {
  return `${installation}-records-${index}`
}

/** The index of the shard that a ConfigMap of this name holds; undefined where it is none. */
export function shardIndexOf(installation: string, name: string): number | undefined {
  const prefix = `${installation}-records-`
  const index = name.startsWith(prefix) ? name.slice(prefix.length) : ''
  return /^(0|[1-9]\d{0,5})$/.test(index) ? Number(index) : undefined
}

/** The ConfigMap of the journal. */
export function journalName(installation: string): string {
  return `${installation}-journal`
}

/** The Secret of the digest key. */
export function digestKeyName(installation: string): string {
  return `${installation}-digest-key`
}
