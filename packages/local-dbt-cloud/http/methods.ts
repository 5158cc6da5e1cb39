import type { FastifyInstance } from "fastify";

/** The methods of each address of the app, so that another method gets 405 and not 404. */
export class KnownMethods {
  private readonly addresses: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  /** Records every route that the app gets after this. */
  constructor(app: FastifyInstance) {
    app.addHook("onRoute", ({ url, method }) => {
      const source = url.replace(/\/$/, "").replace(/:\w+/g, "[^/]+").replace("*", ".+");
      this.addresses.push({ pattern: new RegExp(`^${source}/?$`), methods: [method].flat() });
    });
  }

  /** The methods of an address in alphabetical order. An unknown address has none. */
  of(path: string): string[] {
    const found = this.addresses.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
    return [...new Set(found)].sort();
  }
}
