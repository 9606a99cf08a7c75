// Every case of the contract.
import { LIST_CASES } from './cases-lists.ts'
import { OBJECT_CASES } from './cases-objects.ts'
import { WATCH_CASES } from './cases-watches.ts'
import type { ContractCase } from './contract-case.ts'

export const CASES: readonly ContractCase[] = [...OBJECT_CASES, ...LIST_CASES, ...WATCH_CASES]
