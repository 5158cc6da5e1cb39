import { chanceOf } from "../../src/simulation/chance";

/** Chance that is the same for the same seed. */
export class Chance {
  private count = 0;

  constructor(private readonly seed: number) {}

  /** A whole number from 0 up to `limit`, which is excluded. */
  below(limit: number): number {
    return Math.floor(chanceOf(this.seed, this.count++) * limit);
  }

  /** Whether something with this share of the cases happens. */
  happens(share: number): boolean {
    return this.below(1000) < share * 1000;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}
