import { scriptedServer, type Asked, type Reply, type ScriptedServer } from "./scripted-server";

/** The state and the lock of Terraform's HTTP backend, in memory, with the methods and status codes that GitLab documents. */
export interface TerraformStateServer extends Pick<ScriptedServer, "close"> {
  readonly url: string;
  /** The lock that somebody holds. */
  readonly lock: () => { readonly ID: string } | undefined;
  /** Ends the validity of the password, and lets another one in. */
  readonly changePassword: (password: string) => void;
  /** Takes the lock for somebody else. */
  readonly hold: (id: string) => void;
}

/** Starts a server for the state of one stack. A client needs the user and the password. */
export async function terraformStateServer(user: string, password: string): Promise<TerraformStateServer> {
  let state: string | undefined;
  let lock: string | undefined;
  let authorization = basic(user, password);

  const answer = ({ method, url, headers, body }: Asked): Reply => {
    if (headers.authorization !== authorization) return { status: 401 };
    if (url.endsWith("/lock")) return method === "POST" ? take(body) : give();
    if (method === "GET") return state === undefined ? { status: 404 } : { text: state };
    const id = new URL(url, "http://localhost").searchParams.get("ID");
    if (lock !== undefined && (JSON.parse(lock) as { ID: string }).ID !== id) return { status: 409, text: lock };
    state = body;
    return { status: 200 };
  };
  const take = (info: string): Reply => {
    if (lock !== undefined) return { status: 423, text: lock };
    lock = info;
    return { status: 200 };
  };
  const give = (): Reply => {
    lock = undefined;
    return { status: 200 };
  };

  const { url, close } = await scriptedServer(answer);
  return {
    url,
    close,
    lock: () => (lock === undefined ? undefined : (JSON.parse(lock) as { ID: string })),
    changePassword: (next) => {
      authorization = basic(user, next);
    },
    hold: (ID) => {
      lock = JSON.stringify({ ID });
    },
  };
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}
