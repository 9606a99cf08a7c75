// Makes metrics, and notes each one down so that the documentation can be held against them.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** What docs/metrics.md says of one metric. */
export interface MetricDeclaration {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly labels: readonly string[]
}

/** Makes metrics in one registry and notes each one down. */
export interface Declare {
  readonly counter: <L extends string>(name: string, help: string, ...labels: L[]) => Counter<L>
  readonly gauge: <L extends string>(name: string, help: string, ...labels: L[]) => Gauge<L>
  readonly histogram: <L extends string>(
    name: string,
    help: string,
    options: { readonly buckets: readonly number[]; readonly labels?: readonly L[] },
  ) => Histogram<L>
  /** A gauge whose value is asked for at every scrape. */
  readonly sampledGauge: (name: string, help: string, sample: () => number) => void
  /** A counter whose total is asked for at every scrape. */
  readonly sampledCounter: (name: string, help: string, sample: () => number) => void
}

/** Declares into `registry`, and notes into `declarations` in the order of declaring. */
export function createDeclare(registry: Registry, declarations: MetricDeclaration[]): Declare {
  const registers = [registry]
  const note = (
    type: MetricDeclaration['type'],
    name: string,
    help: string,
    labels: readonly string[] = [],
  ) => {
    declarations.push({ name, type, help, labels })
  }
  return {
    counter: (name, help, ...labels) => {
      note('counter', name, help, labels)
      return new Counter({ name, help, labelNames: labels, registers })
    },
    gauge: (name, help, ...labels) => {
      note('gauge', name, help, labels)
      return new Gauge({ name, help, labelNames: labels, registers })
    },
    histogram: (name, help, { buckets, labels }) => {
      note('histogram', name, help, labels)
      return new Histogram({ name, help, buckets: [...buckets], labelNames: [...(labels ?? [])], registers })
    },
    sampledGauge: (name, help, sample) => {
      note('gauge', name, help)
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(sample())
        },
      })
    },
    sampledCounter: (name, help, sample) => {
      note('counter', name, help)
      new Counter({
        name,
        help,
        registers,
        collect() {
          this.reset()
          this.inc(sample())
        },
      })
    },
  }
}
