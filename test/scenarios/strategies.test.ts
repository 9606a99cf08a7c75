// behaviour.md section 4 and spec 4.3, 4.4: what a roll writes, and where.
import { expect, test } from 'vitest'
import { eventually } from './harness/eventually.ts'
import { AUTO, configMapNamed, envFrom, envKey, mount, secretNamed } from './harness/fixtures.ts'
import { templateOf } from './harness/json.ts'
import { stampsOf, stampVariableName } from './harness/stamps.ts'
import { useWorld } from './harness/world.ts'

const world = useWorld()
const app = configMapNamed('my.app-config')
const BY_ANNOTATION = { 'reloader.stakater.com/reload-strategy': 'annotations' }

test('env-vars: a variable with the name that the incumbent gives it and the stamp as its value, in the container that uses the config', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap(app.name, { a: '1' })
  const web = await ns.workload('web', {
    annotations: AUTO,
    containers: ['proxy', 'app'],
    uses: [{ ...mount(app), container: 1 }],
  })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  const { variables, annotation } = await web.stamps()
  const { uid, resourceVersion } = (await config.get()).metadata
  expect(annotation).toBeUndefined()
  expect(variables).toHaveLength(1)
  expect(variables[0]).toMatchObject({ container: 'app', name: 'STAKATER_MY_APP_CONFIG_CONFIGMAP' })
  expect(variables[0]?.value).toMatch(new RegExp(`^${uid}\\.${resourceVersion}\\.a\\.[\\w-]+$`))
})

test('the stamp says whether some keys or all of them count', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.secret('key', { a: 'the-first-one', b: 'x' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envKey(secretNamed('key'), 'a')] })
  await controller.decided()
  await config.set({ a: 'the-second-one', b: 'x' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  const { uid, resourceVersion } = (await config.get()).metadata
  const [variable] = (await web.stamps()).variables
  expect(variable?.name).toBe('STAKATER_KEY_SECRET')
  expect(variable?.value.startsWith(`${uid}.${resourceVersion}.k.`)).toBe(true)
})

test('where an init container uses the config, or nobody does, the first container carries the stamp', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const initial = await ns.workload('initial', {
    annotations: AUTO,
    containers: ['first', 'second'],
    uses: [{ ...envFrom(configMapNamed('app')), init: true }],
  })
  const named = await ns.workload('named', {
    annotations: { 'configmap.reloader.stakater.com/reload': 'app' },
    containers: ['first', 'second'],
  })
  await controller.decided()
  await config.set({ a: '2' })
  const expected = { [initial.id]: 1, [named.id]: 1 }
  expect(await controller.rolls(expected)).toEqual(expected)
  for (const each of [initial, named]) {
    expect((await each.stamps()).variables.map(({ container }) => container)).toEqual(['first'])
  }
})

test('annotations: last-reloaded-from with the fields that the incumbent writes, and the stamp entries as sources', async () => {
  const { ns, controller } = await world.start({ flags: ['--reload-strategy=annotations'] })
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  const { variables, annotation } = await web.stamps()
  expect(variables).toEqual([])
  const { uid, resourceVersion } = (await config.get()).metadata
  const parsed = JSON.parse(annotation ?? '{}')
  expect(parsed).toMatchObject({ type: 'CONFIGMAP', name: 'app', namespace: ns.name, containerRefs: ['app'] })
  expect(Number.isInteger(parsed.observedAt)).toBe(true)
  expect(parsed.sources).toHaveLength(1)
  expect(JSON.stringify(parsed.sources)).toContain(`${uid}.${resourceVersion}.a.`)
})

test('several configs that change together are one PATCH with all of their stamps', async () => {
  const { ns, controller } = await world.start({ flags: ['--settle=500ms'] })
  const names = ['one', 'two', 'three', 'four']
  const configs = await Promise.all(names.map((name) => ns.configMap(name, { a: '1' })))
  const secret = await ns.secret('five', { a: 'the-first-value' })
  const uses = [...names.map((name) => envFrom(configMapNamed(name))), envFrom(secretNamed('five'))]
  const web = await ns.workload('web', { annotations: AUTO, uses })
  const annotated = await ns.workload('annotated', { annotations: { ...AUTO, ...BY_ANNOTATION }, uses })
  await controller.decided()
  for (const config of configs) await config.set({ a: '2' })
  await secret.set({ a: 'the-second-value' })
  const expected = { [web.id]: 1, [annotated.id]: 1 }
  expect(await controller.rolls(expected)).toEqual(expected)
  expect(controller.proxy.requestsLike({ verb: 'patch', name: 'web' })).toHaveLength(1)
  const wanted = [...names.map((name) => stampVariableName(configMapNamed(name))), 'STAKATER_FIVE_SECRET']
  expect((await web.stamps()).variables.map(({ name }) => name).sort()).toEqual(wanted.sort())
  expect(JSON.parse((await annotated.stamps()).annotation ?? '{}').sources).toHaveLength(5)
})

test('two configs whose names sanitise alike share one variable that holds the entries of both', async () => {
  const { ns, controller } = await world.start({ flags: ['--settle=500ms'] })
  const dotted = await ns.configMap('a.b', { a: '1' })
  const dashed = await ns.configMap('a-b', { a: '1' })
  const web = await ns.workload('web', {
    annotations: AUTO,
    uses: [envFrom(configMapNamed('a.b')), envFrom(configMapNamed('a-b'))],
  })
  await controller.decided()
  await dotted.set({ a: '2' })
  await dashed.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  const { variables } = await web.stamps()
  expect(variables.map(({ name }) => name)).toEqual(['STAKATER_A_B_CONFIGMAP'])
  for (const config of [dotted, dashed])
    expect(variables[0]?.value).toContain((await config.get()).metadata.uid)
  await dashed.set({ a: '3' })
  expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
})

test('one workload can choose the other strategy by annotation; changing the strategy rolls nothing', async () => {
  const { ns, controller, installation } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await web.annotate(BY_ANNOTATION)
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await controller.kill('SIGTERM')
  const next = await installation.start({ flags: ['--reload-strategy=annotations'] })
  expect(await next.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
})

test('a roll that happens anyway takes away the stamps of the other strategy and of configs no longer followed', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const gone = await ns.configMap('gone', { a: '1' })
  const web = await ns.workload('web', {
    annotations: AUTO,
    uses: [envFrom(configMapNamed('app')), envFrom(configMapNamed('gone'))],
  })
  await controller.decided()
  await gone.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  await web.editTemplate(({ spec }) => {
    for (const container of spec.containers) container.envFrom = [{ configMapRef: { name: 'app' } }]
  })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 2 })).toEqual({ [web.id]: 2 })
  expect((await web.stamps()).variables.map(({ name }) => name)).toEqual(['STAKATER_APP_CONFIGMAP'])
  await web.annotate(BY_ANNOTATION)
  await controller.decided()
  await config.set({ a: '3' })
  expect(await controller.rolls({ [web.id]: 3 })).toEqual({ [web.id]: 3 })
  expect((await web.stamps()).annotation).toContain('CONFIGMAP')
  expect((await web.stamps()).variables).toEqual([])
})

test('a roll leaves everything else of the pod template as it was', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', {
    annotations: AUTO,
    containers: ['app', 'sidecar'],
    env: [
      { name: 'OWN', value: 'kept' },
      { name: 'STAKATER_OF_THE_USER', value: 'kept too' },
    ],
    templateAnnotations: { note: 'kept' },
    uses: [envFrom(configMapNamed('app'))],
  })
  await controller.decided()
  const before = templateOf(await web.get())
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  const after = templateOf(await web.get())
  for (const { spec } of [before, after]) {
    for (const container of spec.containers) {
      container.env = container.env?.filter(({ name }) => name !== 'STAKATER_APP_CONFIGMAP') ?? []
    }
  }
  expect(stampsOf(after).variables.map(({ value }) => value)).toEqual(['kept too'])
  expect(after).toEqual(before)
})

test('a roll is reported by an Event that people who search for the text of the incumbent find', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
  await controller.decided()
  await config.set({ a: '2' })
  const [event, ...others] = await eventually(async () => {
    const events = await web.events('Reloaded')
    return events.length > 0 && events
  })
  expect(others).toEqual([])
  expect(event).toMatchObject({ type: 'Normal', source: { component: 'reloader-configmaps' } })
  expect(event?.message).toContain(
    `Changes detected in 'app' of type 'CONFIGMAP' in namespace '${ns.name}', Updated 'web' of type 'Deployment' in namespace '${ns.name}'`,
  )
  await controller.decided()
  expect(
    await controller.metric('reloader_reload_executed_total', { success: 'true' }),
  ).toBeGreaterThanOrEqual(1)
})

test('a Deployment that its user has paused is rolled as others are, and stays paused', async () => {
  const { ns, controller } = await world.start()
  const config = await ns.configMap('app', { a: '1' })
  const web = await ns.workload('web', { annotations: AUTO, uses: [envFrom(configMapNamed('app'))] })
  await web.edit({ spec: { paused: true } })
  await controller.decided()
  await config.set({ a: '2' })
  expect(await controller.rolls({ [web.id]: 1 })).toEqual({ [web.id]: 1 })
  expect((await web.get()).spec).toMatchObject({ paused: true })
})
