import { spawn, type ChildProcessByStdio } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { ROOT } from "../dbt";
import type { PostgresServer } from "../postgres";
import { python } from "../python";

const DATABASE = "analytics";

/** A PostgreSQL database on loopback that acts as Redshift. A proxy refuses the statements that Redshift refuses. */
export class RedshiftStandIn {
  private constructor(
    private readonly server: PostgresServer,
    private readonly proxy: ChildProcessByStdio<Writable, Readable, null>,
    private readonly port: number,
  ) {}

  /**
   * Makes the database on a server of a test, and starts the proxy.
   *
   * @throws Error when the database or the proxy cannot be started
   */
  static async start(server: PostgresServer): Promise<RedshiftStandIn> {
    const made = python("__tests__/dbt/redshift/set_up.py", String(server.port), DATABASE);
    if (made.status !== 0) throw new Error(`the database could not be made: ${made.stderr}`);
    const proxy = spawn(join(ROOT, ".venv", "bin", "python"), [join(__dirname, "proxy.py"), String(server.port)], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: process.env["PATH"], PYTHONDONTWRITEBYTECODE: "1" },
    });
    const port = await new Promise<string>((resolve, reject) => {
      createInterface(proxy.stdout).once("line", resolve);
      proxy.once("exit", () => {
        reject(new Error("the proxy ended before it had a port"));
      });
    });
    return new RedshiftStandIn(server, proxy, Number(port));
  }

  /** The environment variables with which the project's target redshift finds the stand-in. */
  get env(): Readonly<Record<string, string>> {
    return {
      REDSHIFT_HOST: "127.0.0.1",
      REDSHIFT_PORT: String(this.port),
      REDSHIFT_USER: "postgres",
      REDSHIFT_DATABASE: DATABASE,
      REDSHIFT_SSLMODE: "disable",
      DBT_ENV_SECRET_REDSHIFT_PASSWORD: "unused",
      // The salt of DuckDB, so that the keys are the same.
      DBT_CUSTOMER_KEY_SALT: "development",
    };
  }

  /** The database behind the proxy, as the Python programs of the tests name it. */
  get warehouse(): string {
    return `${this.server.port}/${DATABASE}`;
  }

  /** Ends the proxy; the server is the test's to stop. */
  stop(): void {
    this.proxy.stdin.end();
  }
}
