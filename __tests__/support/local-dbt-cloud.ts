import { systemClock, type Clock } from "../../packages/local-dbt-cloud/clock";
import { buildApp } from "../../packages/local-dbt-cloud/app";
import { seed, SEED_ACCOUNT_ID } from "../../packages/local-dbt-cloud/seed";
import { Store } from "../../packages/local-dbt-cloud/store/store";
import { newSignals, type World } from "../../packages/local-dbt-cloud/world";

/** The token of every local dbt Cloud in tests. */
export const TOKEN = "dbtc_test";

/** Where the account's objects are, by version of the API. */
export const V2 = `/api/v2/accounts/${SEED_ACCOUNT_ID}`;
export const V3 = `/api/v3/accounts/${SEED_ACCOUNT_ID}`;

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** An answer of the API. */
export interface Answer {
  readonly code: number;
  readonly text: string;
  /** The body, if the answer has one, with the parts that tests read. */
  readonly body: {
    readonly status: {
      readonly code: number;
      readonly is_success: boolean;
      readonly user_message: string;
      readonly developer_message: string;
    };
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each resource has another shape
    readonly data: any;
    readonly extra: { readonly pagination?: { readonly count: number; readonly total_count: number } };
  };
}

/** A local dbt Cloud with the platform team's world, in memory, at a fixed time. */
export interface LocalDbtCloud {
  readonly app: ReturnType<typeof buildApp>;
  readonly world: World;
  /** Sends a request with the token, and with JSON as its type even without a body, as the Terraform provider does. */
  readonly send: (method: Method, path: string, body?: unknown) => Promise<Answer>;
  readonly close: () => Promise<void>;
}

/** A clock that always shows the same time. Its actions happen after the real duration. */
function stoppedClock(time: Date): Clock {
  return {
    now: () => time,
    at: (then, action) => systemClock.at(new Date(Date.now() + then.getTime() - time.getTime()), action),
  };
}

/**
 * Makes a local dbt Cloud for a test.
 *
 * @param time the time that does not pass, or a clock
 * @param runsFolder the folder of the logs and artifacts of runs
 */
export function localDbtCloud(
  time: Date | Clock = new Date("2026-01-05T04:30:00Z"),
  runsFolder?: string,
): LocalDbtCloud {
  const store = Store.open(undefined);
  const signals = newSignals();
  const world: World = {
    accountId: SEED_ACCOUNT_ID,
    store,
    clock: time instanceof Date ? stoppedClock(time) : time,
    signals,
    runsFolder,
  };
  seed(world);
  const app = buildApp({ world, token: TOKEN });
  return {
    app,
    world,
    send: async (method, path, body) => {
      const payload = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
      const headers = { authorization: `Token ${TOKEN}`, "content-type": "application/json" };
      const response = await app.inject({ method, url: path, headers, payload });
      const json = response.headers["content-type"]?.toString().includes("json");
      return {
        code: response.statusCode,
        text: response.body,
        body: (json ? JSON.parse(response.body) : undefined) as Answer["body"],
      };
    },
    close: async () => {
      await app.close();
      store.close();
    },
  };
}
