import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refused } from "./refused";

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * Whether a request needs no token. Only pages that change nothing say so.
     *
     * @default false
     */
    readonly isPublic?: boolean;
  }
}

/** Who may send requests. */
export interface Admission {
  /** The token that every request must carry, unless its route is public. */
  readonly token: string;
  /** The one account that there is. */
  readonly accountId: number;
}

const READS: readonly string[] = ["GET", "HEAD", "OPTIONS"];
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/**
 * Checks every request before anything else sees it. The check looks at the route that matched, and every route needs
 * the token unless it is declared public, so that no spelling of an address and no new route leads past the token.
 */
export function admit(app: FastifyInstance, admission: Admission): void {
  app.addHook("onRequest", (request, _reply, done) => {
    done(misspelled(request) ?? fromForeignSite(request) ?? withoutRight(request, admission));
  });
}

function misspelled({ url }: FastifyRequest): Refused | undefined {
  // Not 400: the Terraform provider takes a 400 on a read for an object that is gone.
  return isNormal(pathOf(url)) ? undefined : new Refused(404, "The address is not in normal form (RFC 3986, 6.2.2).");
}

/** Browsers let any page send simple requests to this machine, and say where they come from. */
function fromForeignSite(request: FastifyRequest): Refused | undefined {
  if (READS.includes(request.method)) return undefined;
  const { origin, "sec-fetch-site": site } = request.headers;
  const ownOrigin = LOOPBACK.test(request.host) ? `${request.protocol}://${request.host}` : undefined;
  const isForeign =
    (site !== undefined && site !== "same-origin" && site !== "none") || (origin !== undefined && origin !== ownOrigin);
  return isForeign ? new Refused(403, "Requests from other sites may not change anything.") : undefined;
}

function withoutRight(request: FastifyRequest, { token, accountId }: Admission): Refused | undefined {
  if (request.routeOptions.config.isPublic) {
    // A page of another site can let its own name lead to this machine, and would then read the answer.
    return LOOPBACK.test(request.host) ? undefined : new Refused(403, "This server answers to loopback names only.");
  }
  // The provider writes `Token`, other clients `Bearer`. Both mean the same.
  const [, given] = /^(?:Token|Bearer)\s+(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (given === undefined) return new Refused(401, "Authentication credentials were not provided.");
  if (!isSame(given, token)) return new Refused(401, "Invalid token.");
  const [, account] = /^\/api\/\w+\/accounts\/([^/]+)/.exec(pathOf(request.url)) ?? [];
  if (account === undefined || account === String(accountId)) return undefined;
  return new Refused(403, "You do not have permission to access this account.");
}

function pathOf(url: string): string {
  return url.split("?", 1)[0]!;
}

/** Whether this is the one spelling of a path: no needless escapes, no empty, `.` or `..` segments, no `;`, no host. */
function isNormal(path: string): boolean {
  const [root, ...segments] = path.replace(/\/$/, "").split("/");
  return root === "" && segments.every(isNormalSegment);
}

function isNormalSegment(segment: string): boolean {
  if (["", ".", ".."].includes(segment)) return false;
  try {
    return escaped(segment) === escaped(encodeURIComponent(decodeURIComponent(segment)));
  } catch {
    return false;
  }
}

/** A segment in which the characters that may be written either way are escaped. */
function escaped(segment: string): string {
  return segment.replace(/[!$&'()*+,=:@]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
