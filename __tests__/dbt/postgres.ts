import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian's package puts the programs, which are not on the PATH. */
const VERSIONS = "/usr/lib/postgresql";
const programs = existsSync(VERSIONS)
  ? readdirSync(VERSIONS)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(VERSIONS, version, "bin"))
      .find((folder) => existsSync(join(folder, "initdb")))
  : undefined;
/** The data is small and short-lived. PostgreSQL would compile our long queries longer than it runs them. */
const SETTINGS = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "jit=off"];
const isRoot = process.getuid?.() === 0;

/** Why PostgreSQL cannot be started here, or undefined. */
export const missingPostgres =
  programs === undefined ? "PostgreSQL is not installed; `apt-get install postgresql` brings it" : undefined;

/** A PostgreSQL server of a test's own, on loopback. */
export class PostgresServer {
  private readonly folder = mkdtempSync(join(tmpdir(), "postgres-"));

  private constructor(readonly port: number) {
    chmodSync(this.folder, 0o755);
    // PostgreSQL does not run as root.
    if (isRoot) execFileSync("chown", ["postgres", this.folder]);
    const data = join(this.folder, "data");
    this.run("initdb", "-A", "trust", "-U", "postgres", "-N", "-D", data);
    const settings = SETTINGS.map((setting) => `-c ${setting}`).join(" ");
    const options = `-p ${port} -h 127.0.0.1 -k ${this.folder} ${settings}`;
    this.run("pg_ctl", "-w", "-D", data, "-o", options, "-l", join(this.folder, "log"), "start");
  }

  static async start(): Promise<PostgresServer> {
    return new PostgresServer(await freePort());
  }

  /** The environment variables by which the project's target postgres finds the server. */
  get env(): Readonly<Record<string, string>> {
    const connection = { POSTGRES_HOST: "127.0.0.1", POSTGRES_PORT: String(this.port) };
    return { ...connection, POSTGRES_USER: "postgres", POSTGRES_DATABASE: "postgres" };
  }

  stop(): void {
    this.run("pg_ctl", "-w", "-m", "fast", "-D", join(this.folder, "data"), "stop");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(name: string, ...args: string[]): void {
    const program = join(programs!, name);
    const [file, ...rest] = isRoot ? ["runuser", "-u", "postgres", "--", program, ...args] : [program, ...args];
    // The server inherits open pipes, so a pipe would never end.
    const { status } = spawnSync(file, rest, { cwd: this.folder, stdio: "ignore" });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
