import http from "node:http";
import https from "node:https";
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyServerFactory,
  type RouteOptions,
} from "fastify";
import { admit, isSame } from "./http/admission";
import { acceptJson } from "./http/body";
import { failure } from "./http/envelope";
import { addFaults } from "./http/faults";
import { writeJson } from "./http/json";
import { KnownMethods } from "./http/methods";
import { Refused } from "./http/refused";
import { takeTurns } from "./http/turns";
import { clockRoutes } from "./clock-routes";
import { pageRoutes } from "./page/routes";
import { accountRoutes } from "./resources/accounts/routes";
import { connectionRoutes } from "./resources/connections/routes";
import { credentialRoutes } from "./resources/credentials/routes";
import { emptyListRoutes } from "./resources/empty-lists/routes";
import { encryptionRoutes } from "./resources/encryptions/routes";
import { environmentVariableRoutes } from "./resources/environment-variables/routes";
import { environmentRoutes } from "./resources/environments/routes";
import { extendedAttributesRoutes } from "./resources/extended-attributes/routes";
import { featureRoutes } from "./resources/features/routes";
import { groupRoutes } from "./resources/groups/routes";
import { jobRoutes } from "./resources/jobs/routes";
import { notificationRoutes } from "./resources/notifications/routes";
import { oauthConfigurationRoutes } from "./resources/oauth-configurations/routes";
import { enforcePermissions } from "./resources/permissions/enforcement";
import { profileRoutes } from "./resources/profiles/routes";
import { projectRoutes } from "./resources/projects/routes";
import { repositoryRoutes } from "./resources/repositories/routes";
import { artifactRoutes } from "./resources/runs/artifact-routes";
import { runRoutes } from "./resources/runs/routes";
import { semanticLayerRoutes } from "./resources/semantic-layer/routes";
import { serviceTokenRoutes } from "./resources/service-tokens/routes";
import { permissionsOfToken } from "./resources/service-tokens/service-tokens";
import { userRoutes } from "./resources/users/routes";
import { webhookRoutes } from "./resources/webhooks/routes";
import type { Identity } from "./tls/certificate";
import type { Routes, World } from "./world";

const ROUTES: readonly Routes[] = [
  accountRoutes,
  artifactRoutes,
  clockRoutes,
  connectionRoutes,
  credentialRoutes,
  emptyListRoutes,
  encryptionRoutes,
  environmentRoutes,
  environmentVariableRoutes,
  extendedAttributesRoutes,
  featureRoutes,
  groupRoutes,
  jobRoutes,
  notificationRoutes,
  oauthConfigurationRoutes,
  pageRoutes,
  profileRoutes,
  projectRoutes,
  repositoryRoutes,
  runRoutes,
  semanticLayerRoutes,
  serviceTokenRoutes,
  userRoutes,
  webhookRoutes,
];

/**
 * How long an idle connection stays open. With the 5 seconds of Node.js, the server would close it just when a client that
 * waits for a run asks again.
 */
const KEEP_ALIVE_MILLISECONDS = 72_000;

/** The parts of the app. */
export interface AppOptions {
  readonly world: World;
  /** The token that every request needs, except for the public pages. */
  readonly token: string;
  /**
   * Whether a client may order faults through `PUT /local/faults`.
   *
   * @default false
   */
  readonly faults?: boolean;
  /**
   * The key and the certificate for https.
   *
   * @default - http
   */
  readonly identity?: Identity;
  /**
   * Is called with each route.
   *
   * @default - nothing is called
   */
  readonly onRoute?: (route: RouteOptions) => void;
}

/** The API as a Fastify instance that does not listen yet. */
export function buildApp({ world, token, faults = false, identity, onRoute }: AppOptions): FastifyInstance {
  const app = fastify({
    serverFactory: serverFactoryOf(identity),
    bodyLimit: 1024 * 1024,
    // No route has a JSON Schema. Without these functions, Fastify loads two compilers of them at each start.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
    // 404 and not 400, because the Terraform provider reads 400 as a deleted resource.
    frameworkErrors: (error, _request, reply: FastifyReply) => {
      void reply.code(404).send(failure(404, error.message));
    },
  });
  if (onRoute) app.addHook("onRoute", onRoute);
  takeTurns(app);
  const known = new KnownMethods(app);
  acceptJson(app);
  writeJson(app);
  admit(app, {
    permissionsOf: (given) => (isSame(given, token) ? "all" : permissionsOfToken(world, given)),
    accountId: world.accountId,
  });
  enforcePermissions(app, world);
  if (faults) addFaults(app);
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split("?", 1)[0]!;
    const methods = known.of(path);
    if (methods.length === 0) return reply.code(404).send(failure(404, `No route ${request.method} ${path}`));
    const refusal = failure(405, `Method "${request.method}" not allowed.`);
    return reply.code(405).header("allow", methods.join(", ")).send(refusal);
  });
  app.setErrorHandler((error: FastifyError | Refused, _request, reply) => {
    if (error instanceof Refused) return reply.code(error.code).send(failure(error.code, error.message, error.fields));
    const code = error.statusCode ?? 500;
    return reply.code(code).send(failure(code, code < 500 ? error.message : "Internal error"));
  });
  for (const routes of ROUTES) routes(app, world);
  return app;
}

function noSchemas(): never {
  throw new Error("Routes have no JSON Schema here. Check the body with parseBody.");
}

function serverFactoryOf(identity: Identity | undefined): FastifyServerFactory {
  return (handler) => {
    const options = { keepAliveTimeout: KEEP_ALIVE_MILLISECONDS };
    return identity
      ? https.createServer({ ...options, key: identity.key, cert: identity.certificate }, handler)
      : http.createServer(options, handler);
  };
}
