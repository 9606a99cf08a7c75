// A right in the sense of RBAC, and the two forms in which people meet it: a rule of a role, and words.

/** The verbs of RBAC that anything here asks for. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete'

/** What one rule of a role grants. */
export interface Right {
  /** `scope`: in every namespace that is looked at; `own`: in the namespace of the installation. */
  readonly place: 'scope' | 'own'
  /** Empty for the core group. */
  readonly group: string
  readonly resource: string
  /** The one object that it is about; undefined: any. */
  readonly name?: string
  readonly verbs: readonly Verb[]
  /** What does not work without it: one sentence without a full stop. */
  readonly without: string
}

/** A rule of a Role or ClusterRole, as in rbac.authorization.k8s.io/v1. */
export interface PolicyRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

/** The rule that grants it. */
function ruleOf({ group, resource, name, verbs }: Right): PolicyRule {
  return {
    apiGroups: [group],
    resources: [resource],
    ...(name === undefined ? {} : { resourceNames: [name] }),
    verbs,
  }
}

/** The rules that grant them, one for all resources that follow each other and need the same verbs. */
export function rulesOf(rights: readonly Right[]): readonly PolicyRule[] {
  const rules: PolicyRule[] = []
  for (const rule of rights.map(ruleOf)) {
    const before = rules.at(-1)
    if (before === undefined || !isSameBut(before, rule)) rules.push(rule)
    else rules.splice(-1, 1, { ...rule, resources: [...before.resources, ...rule.resources] })
  }
  return rules
}

/** Whether two rules differ in nothing but their resources. */
function isSameBut(a: PolicyRule, b: PolicyRule): boolean {
  return JSON.stringify({ ...a, resources: [] }) === JSON.stringify({ ...b, resources: [] })
}

/** `deployments.apps`, or `configmaps` for the core group, as kubectl names a resource. */
export function resourceText({ group, resource }: Pick<Right, 'group' | 'resource'>): string {
  return group === '' ? resource : `${resource}.${group}`
}
