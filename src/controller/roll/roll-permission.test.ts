import { expect, it, vi } from 'vitest'
import { ApiError } from '../../kube/api-error.ts'
import { createMetrics } from '../../telemetry/metrics.ts'
import { createRollPermission } from './roll-permission.ts'

const forbidden = (message: string) => new ApiError(message, { code: 403, reason: 'Forbidden' })
const byRbac = forbidden('deployments.apps "web" is forbidden: User "x" cannot patch resource "deployments"')

function setUp() {
  const warn = vi.fn()
  const metrics = createMetrics({ byNamespace: false, version: '0', commit: '0' })
  const value = async () => /reloader_forbidden\{.*patch.*\} (\d)/.exec(await metrics.render())?.[1]
  return { warn, value, permission: createRollPermission({ log: { warn }, metrics }) }
}

it('says once that RBAC forbids patch on a kind, names the rule that is missing, and takes it back', async () => {
  const { warn, value, permission } = setUp()
  permission.refused('Deployment', byRbac)
  permission.refused('Deployment', byRbac)
  expect(warn).toHaveBeenCalledOnce()
  expect(warn.mock.calls[0]?.[0]).toMatch(/patch on deployments in API group apps/)
  expect(await value()).toBe('1')
  permission.granted('Deployment')
  expect(await value()).toBe('0')
  permission.refused('Deployment', byRbac)
  expect(warn).toHaveBeenCalledTimes(2)
})

it('names the verb and the resource that the roll of another kind needs', () => {
  const { warn, permission } = setUp()
  permission.refused('CronJob', forbidden('jobs.batch is forbidden: User "x" cannot create resource "jobs"'))
  expect(warn.mock.calls[0]?.[0]).toMatch(/no CronJob is rolled; grant create on jobs in API group batch/)
})

it('says nothing of a 403 of admission, nor of any other error', () => {
  const { warn, permission } = setUp()
  permission.refused(
    'Deployment',
    forbidden('deployments.apps "web" is forbidden: ValidatingAdmissionPolicy denied request'),
  )
  permission.refused(
    'Deployment',
    new ApiError('cannot patch resource', { code: 500, reason: 'InternalError' }),
  )
  permission.refused('Deployment', new Error('cannot patch resource'))
  expect(warn).not.toHaveBeenCalled()
})
