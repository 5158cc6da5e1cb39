import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";

const FILE = "partial_parse.msgpack";

/**
 * dbt's parsed project. It is kept from one run of an environment to the next, so that dbt parses only changed files, as
 * in dbt Cloud. dbt writes the project's path into it, so each folder has its own.
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
    // The rename makes sure that an incomplete copy is never used.
    copyFileSync(parsed, `${this.file}.new`);
    renameSync(`${this.file}.new`, this.file);
  }
}
