import fc from 'fast-check'
import { expect, test } from 'vitest'
import { templateHash } from '../controllers/owned-objects.ts'
import { type JsonObject, listAt, objectAt, textAt } from '../object/json.ts'
import { withDefaults } from './defaults.ts'
import { readTyped } from './typed-body.ts'

function deployment(container: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name: 'app' },
    spec: { template: { spec: { containers: [{ name: 'app', ...container }], ...spec } } },
  }
}

const stored = (body: JsonObject) => withDefaults(readTyped(body, 'Deployment').object)
const template = (body: JsonObject) => objectAt(stored(body), 'spec', 'template')

const IMAGES = [
  ['nginx', 'Always'],
  ['nginx:latest', 'Always'],
  ['nginx:1.2', 'IfNotPresent'],
  ['registry.example.com:5000/nginx', 'Always'],
  ['registry.example.com:5000/nginx:1', 'IfNotPresent'],
  ['nginx@sha256:0123', 'IfNotPresent'],
] as const

test.each(IMAGES)('the image %s is pulled %s', (image, policy) => {
  const [container] = listAt(template(deployment({ image })), 'spec', 'containers')
  expect(textAt(container, 'imagePullPolicy')).toBe(policy)
})

const container = fc.record(
  {
    image: fc.constantFrom('a', 'a:1'),
    env: fc.array(
      fc.record(
        { name: fc.constantFrom('A', 'B'), value: fc.constantFrom('', '1') },
        { requiredKeys: ['name'] },
      ),
    ),
    livenessProbe: fc.record({ httpGet: fc.record({ port: fc.constantFrom<string | number>(80, 'http') }) }),
    ports: fc.array(fc.record({ containerPort: fc.nat(9) })),
    tty: fc.boolean(),
    command: fc.array(fc.string()),
  },
  { requiredKeys: [] },
)

const volumes = fc.record(
  {
    volumes: fc.array(
      fc.record(
        { name: fc.string(), secret: fc.record({ secretName: fc.string() }) },
        { requiredKeys: ['name'] },
      ),
    ),
  },
  { requiredKeys: [] },
)

test('what was stored once is stored the same again, and so its template keeps its hash', () => {
  fc.assert(
    fc.property(container, volumes, (given, spec) => {
      const once = stored(JSON.parse(JSON.stringify(deployment(given, spec))))
      expect(JSON.stringify(stored(once))).toBe(JSON.stringify(once))
    }),
  )
})

test('a template that spells its defaults out has the hash of one that leaves them out', () => {
  const short = template(deployment({ image: 'a', ports: [{ containerPort: 80 }] }))
  const long = template(
    deployment(
      {
        image: 'a',
        imagePullPolicy: 'Always',
        resources: {},
        ports: [{ protocol: 'TCP', containerPort: 80 }],
        env: [],
      },
      {
        dnsPolicy: 'ClusterFirst',
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        volumes: null,
      },
    ),
  )
  expect(templateHash(long)).toBe(templateHash(short))
})

test('zero is kept where it is not the same as nothing', () => {
  const { spec } = template(
    deployment({ image: 'a' }, { terminationGracePeriodSeconds: 0, hostNetwork: false }),
  )
  expect(spec).toMatchObject({ terminationGracePeriodSeconds: 0 })
  expect(spec).not.toHaveProperty('hostNetwork')
})

test('unknown fields are named by their whole path', () => {
  const body = deployment({ image: 'a', strange: 1, env: [{ name: 'A', odd: 1 }] })
  expect(readTyped(body, 'Deployment').unknownFields).toEqual([
    'spec.template.spec.containers[0].strange',
    'spec.template.spec.containers[0].env[0].odd',
  ])
})

test('a value of the wrong type is refused by the name of its field', () => {
  const body = deployment({ image: 'a', env: [{ name: 'A', value: 1 }] })
  expect(() => readTyped(body, 'Deployment')).toThrow(
    'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
  )
})

test('what a Secret is given as text is stored as bytes', () => {
  const body = {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name: 's' },
    data: { a: 'MQ==' },
    stringData: { a: '2', b: '3' },
  }
  const secret = withDefaults(readTyped(body, 'Secret').object)
  expect(secret).toMatchObject({ type: 'Opaque', data: { a: 'Mg==', b: 'Mw==' } })
  expect(secret).not.toHaveProperty('stringData')
})
