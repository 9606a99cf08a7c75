// Every case of the contract.
import { ACCESS_CASES } from './cases-access.ts'
import { APPLY_CASES } from './cases-apply.ts'
import { CUSTOM_CASES } from './cases-custom.ts'
import { HISTORY_CASES } from './cases-history.ts'
import { KIND_CASES } from './cases-kinds.ts'
import { LIST_CASES } from './cases-lists.ts'
import { METADATA_CASES } from './cases-metadata.ts'
import { OBJECT_CASES } from './cases-objects.ts'
import { PATCH_CASES } from './cases-patches.ts'
import { SCALE_CASES } from './cases-scale.ts'
import { SERVICE_CASES } from './cases-services.ts'
import { TABLE_CASES } from './cases-tables.ts'
import { VALIDATION_CASES } from './cases-validation.ts'
import { WATCH_CASES } from './cases-watches.ts'
import { STATUS_OF_A_DEPLOYMENT, WORKLOAD_CASES } from './cases-workloads.ts'
import type { ContractCase } from './contract-case.ts'

export const CASES: readonly ContractCase[] = [
  ...OBJECT_CASES,
  ...LIST_CASES,
  ...HISTORY_CASES,
  ...WATCH_CASES,
  ...PATCH_CASES,
  ...WORKLOAD_CASES,
  STATUS_OF_A_DEPLOYMENT,
  ...VALIDATION_CASES,
  ...METADATA_CASES,
  ...KIND_CASES,
  ...ACCESS_CASES,
  ...CUSTOM_CASES,
  ...TABLE_CASES,
  ...SCALE_CASES,
  ...SERVICE_CASES,
  ...APPLY_CASES,
]
