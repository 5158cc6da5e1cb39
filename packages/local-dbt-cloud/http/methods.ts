import type { FastifyInstance } from "fastify";

/** Which methods the addresses of the app have, so that another one is refused with 405 and not with 404. */
export class KnownMethods {
  private readonly addresses: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  /** Learns every route that is added from now on. */
  constructor(app: FastifyInstance) {
    app.addHook("onRoute", ({ url, method }) => {
      const source = url.replace(/\/$/, "").replace(/:\w+/g, "[^/]+").replace("*", ".+");
      this.addresses.push({ pattern: new RegExp(`^${source}/?$`), methods: [method].flat() });
    });
  }

  /** The methods of an address in the order of the alphabet; none when there is no such address. */
  of(path: string): string[] {
    const found = this.addresses.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
    return [...new Set(found)].sort();
  }
}
