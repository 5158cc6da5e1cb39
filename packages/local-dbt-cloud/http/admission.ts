import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Permission } from "../resources/permissions/permissions";
import { Refused } from "./refused";

declare module "fastify" {
  interface FastifyContextConfig {
    /**
     * Whether a request needs no token. Only read-only pages set it.
     *
     * @default false
     */
    readonly isPublic?: boolean;
  }
  interface FastifyRequest {
    /** The permissions of the request's token. The token that the server prints has all of them. */
    permissions: "all" | readonly Permission[];
  }
}

/** The rules for requests. */
export interface Admission {
  /**
   * The permissions of a token, which every request needs, unless its route is public; undefined for a token that nobody
   * gave out.
   */
  readonly permissionsOf: (token: string) => FastifyRequest["permissions"] | undefined;
  /** The id of the only account. */
  readonly accountId: number;
}

const READS: readonly string[] = ["GET", "HEAD", "OPTIONS"];
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/**
 * Checks every request before any other code handles it. The check uses the matched route, and every route needs the
 * token unless it is declared public. So neither a spelling of an address nor a new route avoids the token.
 */
export function admit(app: FastifyInstance, admission: Admission): void {
  app.decorateRequest("permissions");
  app.addHook("onRequest", (request, _reply, done) => {
    request.permissions = [];
    done(misspelled(request) ?? fromForeignSite(request) ?? withoutRight(request, admission));
  });
}

function misspelled({ url }: FastifyRequest): Refused | undefined {
  // 404 and not 400, because the Terraform provider reads a 400 as a deleted object.
  return isNormal(pathOf(url)) ? undefined : new Refused(404, "The address is not in normal form (RFC 3986, 6.2.2).");
}

/** A browser allows any page to send simple requests to this machine, and sends the page's site in the headers. */
function fromForeignSite(request: FastifyRequest): Refused | undefined {
  if (READS.includes(request.method)) return undefined;
  const { origin, "sec-fetch-site": site } = request.headers;
  const ownOrigin = LOOPBACK.test(request.host) ? `${request.protocol}://${request.host}` : undefined;
  const isForeign =
    (site !== undefined && site !== "same-origin" && site !== "none") || (origin !== undefined && origin !== ownOrigin);
  return isForeign ? new Refused(403, "Requests from other sites may not change anything.") : undefined;
}

function withoutRight(request: FastifyRequest, { permissionsOf, accountId }: Admission): Refused | undefined {
  if (request.routeOptions.config.isPublic) {
    // Another site's name can resolve to this machine. Its pages could then read the answer.
    return LOOPBACK.test(request.host) ? undefined : new Refused(403, "This server answers to loopback names only.");
  }
  // The provider writes `Token`, other clients `Bearer`. Both mean the same.
  const [, given] = /^(?:Token|Bearer)\s+(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (given === undefined) return new Refused(401, "Authentication credentials were not provided.");
  const permissions = permissionsOf(given);
  if (permissions === undefined) return new Refused(401, "Invalid token.");
  request.permissions = permissions;
  const [, account] = /^\/api\/\w+\/accounts\/([^/]+)/.exec(pathOf(request.url)) ?? [];
  if (account === undefined || account === String(accountId)) return undefined;
  return new Refused(403, "You do not have permission to access this account.");
}

function pathOf(url: string): string {
  return url.split("?", 1)[0]!;
}

/** Whether a path is in normal form: no unnecessary escapes, no empty, `.` or `..` segments, no `;` and no host. */
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

/** A segment with the optional escapes written out. */
function escaped(segment: string): string {
  return segment.replace(/[!$&'()*+,=:@]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Whether two tokens are the same, in a time that says nothing about the difference. */
export function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
