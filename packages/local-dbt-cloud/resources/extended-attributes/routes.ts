import { removeRow, timestamp, type Routes } from "../../world";
import { projectIn } from "../projects/projects";
import { sendAttributes } from "./answer";
import { attributesFields, extendedAttributesIn, extendedAttributesOf } from "./extended-attributes";

const ATTRIBUTES = "/api/v3/accounts/:account/projects/:project/extended-attributes/";

/** Extended attributes: the only resource whose bodies are read and answered as text. */
export const extendedAttributesRoutes: Routes = (app, world) => {
  const collection = extendedAttributesOf(world);

  void app.register((scope, _options, done) => {
    scope.removeContentTypeParser("application/json");
    scope.addContentTypeParser("application/json", { parseAs: "string" }, (_request, text, parsed) => {
      parsed(null, text);
    });

    scope.get(`${ATTRIBUTES}:extended_attributes/`, (request, reply) =>
      sendAttributes(reply, extendedAttributesIn(world, request.params)),
    );

    scope.post(ATTRIBUTES, (request, reply) => {
      const project = projectIn(world, request.params);
      const now = timestamp(world.clock.now());
      const row = collection.insert({
        ...attributesFields(request.body),
        account_id: world.accountId,
        project_id: project.id,
        created_at: now,
        updated_at: now,
      });
      return sendAttributes(reply, row, 201);
    });

    scope.patch(`${ATTRIBUTES}:extended_attributes/`, (request, reply) => {
      const before = extendedAttributesIn(world, request.params);
      const row = { ...before, ...attributesFields(request.body, before), updated_at: timestamp(world.clock.now()) };
      return sendAttributes(reply, collection.put(row));
    });

    scope.delete(`${ATTRIBUTES}:extended_attributes/`, (request, reply) => {
      removeRow(world, collection, extendedAttributesIn(world, request.params));
      return reply.code(204).send();
    });
    done();
  });
};
