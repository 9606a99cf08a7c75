// The acts of the demo. Each can be played again and again: what it changes depends on what is there.
import { type JsonObject, textAt } from '../../embedded/object/json.ts'
import type { Act, Stage } from './act.ts'
import { createCertificate, type TlsPair } from './certificate.ts'
import type { Place } from './cluster-client.ts'
import { openEventLog } from './event-log.ts'
import { idOf, placeOf } from './news.ts'

const FLAGS = { kind: 'ConfigMap', namespace: 'default', name: 'feature-flags' } as const
const DATABASE = { kind: 'ConfigMap', namespace: 'default', name: 'database-conn' } as const
const TLS = { kind: 'Secret', namespace: 'default', name: 'tls-cert' } as const
const SHARED = { kind: 'ConfigMap', namespace: 'apps', name: 'my-configmap' } as const

const GATEWAY = 'Deployment/default/payment-gateway-svc'
const LEDGER = { kind: 'StatefulSet', namespace: 'default', name: 'ledger' } as const
const PROXY = 'DaemonSet/default/edge-proxy'
const [MY_APP, MY_WORKER] = ['Deployment/apps/my-app', 'Deployment/apps/my-worker']

const UP_TO_DATE = 'UpToDate'
const INVALID = 'InvalidAnnotation'
const LIST = 'configmap.reloader.stakater.com/reload'
/** No regular expression. */
const NONSENSE = '(['
/** How long nobody is there, so that one can see that nothing happens. */
const ABSENCE_MS = 1_000
const DAYS_90_MS = 90 * 86_400_000

/** A feature flag flips. */
export const FLAG_FLIPS: Act = {
  title: 'A feature flag flips',
  text: 'The gateway has its flags as environment variables, and those are read once, at the start. So its pods must be replaced, by an ordinary rolling update.',
  async play(stage) {
    const value = await flipped(stage, FLAGS, 'NEW_CHECKOUT')
    await stage.client.merge(FLAGS, { data: { NEW_CHECKOUT: value } })
    return { changed: [FLAGS], rolls: { [GATEWAY]: { NEW_CHECKOUT: value } } }
  },
}

const CERTIFICATE_RENEWED: Act = {
  title: 'A TLS certificate is renewed',
  text: 'A Deployment and a DaemonSet serve it from a file. The kubelet renews the file, but a process that has read it goes on with the old one.',
  async play({ client }) {
    const pair = freshPair()
    await client.merge(TLS, tlsPatch(pair))
    const served = { '/etc/tls/tls.crt': pair.certificate }
    return { changed: [TLS], rolls: { [GATEWAY]: served, [PROXY]: served } }
  },
}

const TWO_CHANGE: Act = {
  title: 'Two configs change at once',
  text: 'One rollout, not two: a change is given half a second in which others may join it.',
  async play(stage) {
    const refunds = await flipped(stage, FLAGS, 'INSTANT_REFUNDS')
    const host = await other(stage, DATABASE, { key: 'host', values: ['ledger-0.ledger', 'ledger-1.ledger'] })
    await Promise.all([
      stage.client.merge(FLAGS, { data: { INSTANT_REFUNDS: refunds } }),
      stage.client.merge(DATABASE, { data: { host } }),
    ])
    const rolls = {
      [GATEWAY]: { INSTANT_REFUNDS: refunds, DB_HOST: host },
      [idOf(LEDGER)]: { ADVERTISED_HOST: host },
    }
    return { changed: [FLAGS, DATABASE], rolls }
  },
}

const LABEL_CHANGES: Act = {
  title: 'Only a label changes',
  text: 'The ConfigMap is another one to the API server, with a new resourceVersion. What the pods read of it is the same.',
  async play(stage) {
    const flags = await stage.client.get(FLAGS)
    const team = textAt(flags, 'metadata', 'labels', 'team') === 'payments' ? 'checkout' : 'payments'
    await stage.client.merge(FLAGS, { metadata: { labels: { team } } })
    return { changed: [FLAGS], rolls: {}, leftAlone: [{ id: GATEWAY, reason: UP_TO_DATE }] }
  },
}

const UNREAD_KEY: Act = {
  title: 'A key changes that nobody reads',
  text: 'Both workloads name the keys that they use of database-conn. The one for the runbook is for people.',
  async play(stage) {
    const values = ['https://wiki.example.com/ledger', 'https://wiki.example.com/db']
    const runbook = await other(stage, DATABASE, { key: 'runbook', values })
    await stage.client.merge(DATABASE, { data: { runbook } })
    const leftAlone = [GATEWAY, idOf(LEDGER)].map((id) => ({ id, reason: UP_TO_DATE }))
    return { changed: [DATABASE], rolls: {}, leftAlone }
  },
}

/** The controller is killed, and comes back. */
export const KILLED: Act = {
  title: 'The controller is killed while a config changes',
  text: 'kill -9, so nothing is said or saved at the end. When it comes back it compares what it last took into account with what is there, and rolls exactly what is out of date.',
  async play(stage) {
    const { client, controller, page, witness, signal } = stage
    page.happened(`kill -9 ${controller.pid}`)
    await controller.kill()
    const level = await other(stage, SHARED, { key: 'LOG_LEVEL', values: ['info', 'debug'] })
    await client.merge(SHARED, { data: { LOG_LEVEL: level } })
    await witness.until(() => false, { patienceMs: ABSENCE_MS, signal })
    signal.throwIfAborted()
    await stage.narrator.told()
    page.happened('nobody is there, and nothing rolls; now it is started again')
    await controller.start()
    const now = { LOG_LEVEL: level }
    return { changed: [SHARED], rolls: { [MY_APP]: now, [MY_WORKER]: now } }
  },
}

/** An annotation means nothing, and harms nobody. */
export const BAD_ANNOTATION: Act = {
  title: 'An annotation makes no sense',
  text: 'Somebody asks the ledger to follow names that match an expression which is none. A Warning Event on the ledger says so, and everything else goes on: a flag flips again.',
  async play(stage) {
    const { client, witness, patienceMs, signal } = stage
    const annotate = (value: string | null) =>
      client.merge(LEDGER, { metadata: { annotations: { [LIST]: value } } })
    const seen = () => textAt(find(witness.seen(LEDGER.kind), LEDGER), 'metadata', 'annotations', LIST)
    const reported = { id: idOf(LEDGER), reason: INVALID }
    const written = openEventLog(witness)
    await annotate(NONSENSE)
    await witness.until(() => written(reported), { patienceMs, signal })
    signal.throwIfAborted()
    const flip = await FLAG_FLIPS.play(stage)
    const undo = async () => {
      await annotate(null)
      await witness.until(() => seen() === '', { patienceMs, signal })
    }
    return { ...flip, reported: [reported], undo }
  },
}

/** In the order in which they are played. */
export const ACTS: readonly Act[] = [
  FLAG_FLIPS,
  CERTIFICATE_RENEWED,
  TWO_CHANGE,
  LABEL_CHANGES,
  UNREAD_KEY,
  KILLED,
  BAD_ANNOTATION,
]

/** Puts a certificate into the empty Secret of the examples, as cert-manager would. */
export async function issueCertificate(client: Stage['client']): Promise<void> {
  await client.merge(TLS, tlsPatch(freshPair()))
}

function freshPair(): TlsPair {
  const now = Date.now()
  return createCertificate({
    dnsName: 'gateway.example.com',
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + DAYS_90_MS),
  })
}

function tlsPatch({ certificate, key }: TlsPair) {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  return { data: { 'tls.crt': base64(certificate), 'tls.key': base64(key) } }
}

function flipped(stage: Stage, place: Place, key: string): Promise<string> {
  return other(stage, place, { key, values: ['false', 'true'] })
}

/** The first of the values, or the second where the first is there. */
async function other(
  { client }: Stage,
  place: Place,
  { key, values: [first, second] }: { readonly key: string; readonly values: readonly string[] },
): Promise<string> {
  const present = textAt(await client.get(place), 'data', key)
  return (present === first ? second : first) ?? ''
}

function find(objects: readonly JsonObject[], place: Place): JsonObject | undefined {
  return objects.find((each) => idOf(placeOf(each)) === idOf(place))
}
