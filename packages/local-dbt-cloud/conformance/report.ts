import type { Checked } from "./openapi/check";
import type { Rule } from "./rule";

/** Prints one line for each rule, grouped by topic, and the totals. */
export class Report {
  private passed = 0;
  private failed = 0;
  private skipped = 0;

  /** Prints the heading of a group that has rules. */
  begin(topic: string, rules: number): void {
    if (rules > 0) console.log(`\n${topic}`);
  }

  add({ id, sentence }: Pick<Rule, "id" | "sentence">, problem: string | undefined): void {
    if (problem === undefined) this.passed++;
    else this.failed++;
    console.log(`  ${problem === undefined ? "pass" : "FAIL"}  ${id.padEnd(WIDTH)} ${sentence}`);
    if (problem !== undefined) console.log(`        ${problem}`);
  }

  skip({ id, sentence }: Rule): void {
    this.skipped++;
    console.log(`  skip  ${id.padEnd(WIDTH)} ${sentence}`);
  }

  note(line: string): void {
    console.log(`\n${line}`);
  }

  /**
   * The result of the comparison with OpenAPI documents.
   *
   * @param isWhole whether an accepted difference that was not found is a fault
   */
  addAnswers({ operations, accepted, undescribed }: Checked, isWhole: boolean): void {
    this.begin("openapi", operations.length);
    for (const { name, answers, differences } of operations) {
      const problem = differences.size === 0 ? undefined : [...differences].join("\n        ");
      this.add({ id: name, sentence: `${answers} answers` }, problem);
    }
    for (const [{ reason }, found] of accepted) {
      if (found > 0) console.log(`  accepted in ${found} places: ${reason}`);
      else if (isWhole) this.add({ id: "accepted", sentence: reason }, "this difference is no longer found: remove it");
    }
    const checked = operations.reduce((sum, { answers }) => sum + answers, 0);
    console.log(`  ${checked} answers compared with ${operations.length} schemas; ${undescribed} others have none`);
  }

  /** Prints the totals.
   *
   * @returns whether all rules hold
   */
  end(): boolean {
    const skipped = this.skipped > 0 ? `, ${this.skipped} skipped` : "";
    console.log(`\n${this.passed} passed, ${this.failed} failed${skipped}`);
    return this.failed === 0;
  }
}

/** Wide enough for nearly every id. */
const WIDTH = 36;
