import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";

const FILE = "partial_parse.msgpack";

/**
 * What dbt remembers of a parsed project from one run of an environment to the next, so that it parses only what
 * changed, as in dbt Cloud. It belongs to the folder of the project, whose path dbt writes into it.
 */
export class ParsedProject {
  private readonly file: string;

  constructor(warehouses: string, environmentId: number, project: string) {
    const hash = createHash("sha256").update(project).digest("hex").slice(0, 16);
    this.file = join(warehouses, `${environmentId}.${hash}.${FILE}`);
  }

  restore(target: string): void {
    if (!existsSync(this.file)) return;
    mkdirSync(target, { recursive: true, mode: 0o700 });
    copyFileSync(this.file, join(target, FILE));
  }

  save(target: string): void {
    const parsed = join(target, FILE);
    if (!existsSync(parsed)) return;
    mkdirSync(dirname(this.file), { recursive: true, mode: 0o700 });
    // A copy that was broken off must not be taken for a whole one.
    copyFileSync(parsed, `${this.file}.new`);
    renameSync(`${this.file}.new`, this.file);
  }
}
