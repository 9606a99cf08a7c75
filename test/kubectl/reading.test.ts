// kubectl get, describe, explain and their kin, in two minor versions.
import { beforeAll, describe, expect, test } from 'vitest'
import { findKubectls } from '../controlplane/kubectls.ts'
import { kubectlUser, useEmbeddedCluster } from './kubectl-world.ts'

const cluster = useEmbeddedCluster()

const SIMPLE = ['metadata:', '  name: job', 'spec:', '  template:']
const POD = ['    spec:', '      restartPolicy: Never', '      containers: [{name: app, image: busybox}]']
const JOB = ['kind: Job', 'apiVersion: batch/v1', ...SIMPLE, ...POD].join('\n')

describe.each(await findKubectls())('kubectl $minor', ({ minor, file }) => {
  const namespace = `reading-${minor.replace('.', '-')}`
  const { ok, refused, start } = kubectlUser(cluster, { file, namespace })
  /** The words of each line. */
  const words = async (command: string) =>
    (await ok(command))
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s{2,}/))

  beforeAll(async () => {
    await ok(`create namespace ${namespace}`)
    await ok('create configmap flags --from-literal=a=1 --from-literal=b=2')
    await ok('create secret generic key --from-literal=password=hunter2')
    await ok('create deployment web --image=nginx:1 --replicas=2')
    await ok('rollout status deployment/web --timeout=30s')
    await ok('create --filename=-', JOB)
  })

  test('get prints the columns that people know, and more of them with -o wide', async () => {
    expect(await words('get configmap flags')).toEqual([
      ['NAME', 'DATA', 'AGE'],
      ['flags', '2', expect.any(String)],
    ])
    expect(await words('get secrets')).toEqual([
      ['NAME', 'TYPE', 'DATA', 'AGE'],
      ['key', 'Opaque', '1', expect.any(String)],
    ])
    const [head, row] = await words('get deployment web --output=wide')
    expect(head?.join(' ')).toBe('NAME READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES SELECTOR')
    expect(row).toEqual(['web', '2/2', '2', '2', expect.any(String), 'nginx', 'nginx:1', 'app=web'])
    const [pods, pod] = await words('get pods --output=wide --selector=app=web')
    expect(pods?.join(' ')).toBe('NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES')
    expect(pod?.slice(1, 4)).toEqual(['1/1', 'Running', '0'])
    expect((await words('get job job'))[0]).toEqual(['NAME', 'STATUS', 'COMPLETIONS', 'DURATION', 'AGE'])
  })

  test('get all tells workloads of several kinds, and get of everything their namespaces', async () => {
    expect(await ok('get all')).toMatch(/pod\/web-[\s\S]*deployment\.apps\/web[\s\S]*replicaset\.apps\/web-/)
    expect(await ok('get configmaps --all-namespaces')).toMatch(new RegExp(`^${namespace} +flags +2 `, 'm'))
  })

  test('get -w prints a row at every change, under one head', async () => {
    const watch = start('get configmaps --watch --field-selector=metadata.name=watched')
    await ok('create configmap watched --from-literal=a=1')
    await watch.until(/^watched +1 /m)
    await ok('patch configmap watched --type=merge --patch={"data":{"b":"2"}}')
    const printed = await watch.until(/^watched +2 /m)
    await watch.stop()
    expect(printed.match(/^NAME/gm)).toHaveLength(1)
  })

  test('get in every form: yaml, json, names, a path, columns of one’s own', async () => {
    expect(await ok('get configmap flags --output=yaml')).toContain(
      'data:\n  a: "1"\n  b: "2"\nkind: ConfigMap',
    )
    expect(JSON.parse(await ok('get deployments --output=json'))).toMatchObject({
      kind: 'List',
      items: [{ kind: 'Deployment', apiVersion: 'apps/v1', metadata: { name: 'web' } }],
    })
    expect(await ok('get deployments --output=name')).toBe('deployment.apps/web\n')
    expect(await ok('get deployment web --output=jsonpath={.spec.replicas}')).toBe('2')
    expect(await ok('get cm flags --output=custom-columns=N:.metadata.name,A:.data.a')).toMatch(/flags +1/)
    expect(await ok('get --raw /readyz')).toBe('ok')
  })

  test('describe tells of workloads, their pods and their Events', async () => {
    const deployment = await ok('describe deployment web')
    expect(deployment).toContain('2 desired | 2 updated | 2 total | 2 available | 0 unavailable')
    expect(deployment).toMatch(/NewReplicaSet: +web-\w+ \(2\/2 replicas created\)/)
    expect(deployment).toMatch(/ScalingReplicaSet .* deployment-controller /)
    const pods = await ok('describe pods --selector=app=web')
    expect(pods).toMatch(/Controlled By: +ReplicaSet\/web-/)
    expect(pods).toMatch(/Ready +True/)
    expect(await ok('describe job job')).toMatch(/Completions: +1/)
  })

  test('describe shows what is in a ConfigMap, and of a Secret only how much', async () => {
    expect(await ok('describe configmap flags')).toMatch(/a:\n----\n1\n/)
    const secret = await ok('describe secret key')
    expect(secret).toMatch(/password: +7 bytes/)
    expect(secret).not.toContain('hunter2')
  })

  test('Events are listed and sorted', async () => {
    expect((await words('get events'))[0]).toEqual(['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'])
    expect(await ok('events --for=deployment/web')).toMatch(/Normal +ScalingReplicaSet +Deployment\/web/)
    expect(await ok('get events --sort-by=.lastTimestamp')).toContain('SuccessfulCreate')
  })

  test('it learns what is served, and explains it', async () => {
    const resources = await ok('api-resources')
    expect(resources).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/m)
    expect(resources).toMatch(/^customresourcedefinitions +crd,crds +/m)
    expect(await ok('api-resources --categories=all --output=name')).toContain('statefulsets.apps\n')
    expect((await ok('api-versions')).split('\n')).toEqual(
      expect.arrayContaining(['apps/v1', 'batch/v1', 'v1']),
    )
    expect(await ok('explain deployment.spec.replicas')).toMatch(/FIELD: replicas <integer>/)
    expect(await ok('version')).toContain('Server Version: v1.36.4')
    expect(await ok('cluster-info')).toContain(cluster().server)
  })

  test('it knows what one may do', async () => {
    expect(await ok('auth can-i create deployments')).toBe('yes\n')
    expect(await ok('auth can-i --list')).toMatch(/\*\.\* +\[\] +\[\] +\[\*\]/)
  })

  test('it scales, under a precondition too', async () => {
    await ok('create deployment scaled --image=nginx')
    expect(await ok('scale deployment scaled --replicas=3')).toBe('deployment.apps/scaled scaled\n')
    await ok('rollout status deployment/scaled --timeout=30s')
    expect(await ok('get deployment scaled --output=jsonpath={.status.readyReplicas}')).toBe('3')
    expect(await refused('scale deployment scaled --current-replicas=1 --replicas=2')).toContain(
      'Expected replicas to be 1, was 3',
    )
    await ok('scale replicaset,deployment --selector=app=scaled --replicas=0')
  })

  test('it deletes by name and by label, and waits for what it deletes', async () => {
    await ok('create configmap gone --from-literal=a=1')
    await ok('label configmap gone team=a')
    expect(await ok('delete configmaps --selector=team=a')).toMatch(/^configmap "gone" deleted/)
    expect(await refused('get configmap gone')).toBe(
      'Error from server (NotFound): configmaps "gone" not found\n',
    )
    await ok('create deployment gone --image=nginx')
    await ok('delete deployment gone --cascade=foreground --timeout=30s')
    expect(await ok('get replicasets --selector=app=gone --output=name')).toBe('')
  })

  test('what there is none of is refused in plain words', async () => {
    expect(await refused('get widgets')).toBe('error: the server doesn\'t have a resource type "widgets"\n')
    expect(await refused('logs deployment/web')).toMatch(/runs no programs and therefore has no logs/)
    expect(await refused('get deployments --selector=a=b=c')).toMatch(/selector/)
  })
})
