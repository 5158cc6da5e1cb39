import { X509Certificate } from "node:crypto";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { newIdentity } from "../../../../packages/local-dbt-cloud/tls/certificate";

const { key, certificate } = newIdentity(new Date());
const read = new X509Certificate(certificate);

it("is signed by its own key, and allowed to sign itself only", () => {
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.checkIssued(read)).toBe(true);
  expect(read.ca).toBe(true);
});

it.each([["localhost"]])("is for the name %s", (name) => {
  expect(read.checkHost(name)).toBe(name);
});

it.each([["127.0.0.1"], ["::1"]])("is for the address %s, and no other", (address) => {
  expect(read.checkIP(address)).toBe(address);
  expect(read.checkIP("127.0.0.2")).toBeUndefined();
});

it("is valid for no more than the days that strict clients accept", () => {
  const [from, to] = [new Date(read.validFrom), new Date(read.validTo)];
  expect(from.getTime()).toBeLessThan(Date.now());
  expect((to.getTime() - from.getTime()) / 86_400_000).toBe(397);
});

it("is another one each time", () => {
  expect(newIdentity(new Date()).certificate).not.toBe(certificate);
});

it("is accepted by a client that trusts it, and refused by others", async () => {
  const server = https.createServer({ key, cert: certificate }, (_request, response) => response.end("over TLS"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const get = (ca?: string): Promise<string> =>
    new Promise((resolve, reject) => {
      https
        .get({ host: "127.0.0.1", port, ca, path: "/", agent: false }, (response) => {
          response.on("data", (data) => {
            resolve(String(data));
          });
        })
        .on("error", reject);
    });
  expect(await get(certificate)).toBe("over TLS");
  await expect(get()).rejects.toThrow(/self-signed certificate/);
  server.close();
});
