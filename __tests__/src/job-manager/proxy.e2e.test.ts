import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { EXIT } from "../../../src/job-manager/exit-codes";
import { forwardProxy, type ForwardProxy } from "../../support/forward-proxy";
import { startJobManager } from "../../support/job-manager-process";
import { liveJobs, openCloud, type ListeningCloud } from "../../support/listening-cloud";
import type { ProgramRun } from "../../support/run-program";
import { devFile, personEnv } from "../../support/work-on-branch";

/** A key and a self-signed certificate for localhost, as PEM files; undefined without openssl. */
function certificateIn(folder: string): { readonly key: string; readonly cert: string } | undefined {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const args = ["req", "-x509", ...curve, ...subject, "-days", "2", "-keyout", key, "-out", cert];
  return spawnSync("openssl", args).status === 0 ? { key, cert } : undefined;
}

const folder = mkdtempSync(join(tmpdir(), "certificate-"));
const certificate = certificateIn(folder);
if (!certificate) process.stderr.write("skipped: the proxy tests over https need openssl\n");
const withCertificate = certificate ? it : it.skip;

let cloud: ListeningCloud;
let secured: Server;
let proxy: ForwardProxy;
beforeEach(async () => {
  cloud = await openCloud();
  proxy = await forwardProxy();
  const target = Number(new URL(cloud.url).port);
  const pem = certificate && { key: readFileSync(certificate.key), cert: readFileSync(certificate.cert) };
  secured = createServer({ ...pem }, (socket) => {
    const plain = connect(target, "127.0.0.1");
    socket.on("error", () => plain.destroy());
    plain.on("error", () => socket.destroy());
    socket.pipe(plain).pipe(socket);
  });
  secured.on("tlsClientError", () => undefined);
  secured.listen(0, "localhost");
  await once(secured, "listening");
});
afterEach(async () => {
  await proxy.close();
  secured.close();
  await cloud.close();
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const place = (): string => `localhost:${(secured.address() as AddressInfo).port}`;

/** Deploys to dbt Cloud's https address. */
function deployWith(env: Readonly<Record<string, string>>): Promise<ProgramRun> {
  const all = { ...personEnv(cloud), DBTCLOUD_HOST_URL: `https://${place()}`, ...env };
  return startJobManager(["deploy", "--config", devFile()], all).ended;
}

describe("a deploy over https with the certificate of NODE_EXTRA_CA_CERTS", () => {
  const trusted = (): Record<string, string> => ({ NODE_EXTRA_CA_CERTS: certificate!.cert });

  withCertificate("uses a tunnel through the proxy of HTTPS_PROXY for every request", async () => {
    const { exitCode, stderr } = await deployWith({ ...trusted(), HTTPS_PROXY: proxy.url });
    expect([exitCode, stderr.includes("4 to create")]).toEqual([EXIT.ok, true]);
    expect(liveJobs(cloud.world)).toHaveLength(4);
    expect(new Set(proxy.lines)).toEqual(new Set([`CONNECT ${place()}`]));
  });

  withCertificate("uses no proxy for a host of NO_PROXY", async () => {
    const env = { ...trusted(), HTTPS_PROXY: proxy.url, NO_PROXY: "example.com,localhost" };
    expect((await deployWith(env)).exitCode).toBe(EXIT.ok);
    expect([liveJobs(cloud.world).length, proxy.lines]).toEqual([4, []]);
  });

  withCertificate("uses no proxy when only HTTP_PROXY names one", async () => {
    expect((await deployWith({ ...trusted(), HTTP_PROXY: proxy.url })).exitCode).toBe(EXIT.ok);
    expect(proxy.lines).toEqual([]);
  });
});

describe("a certificate that is not trusted", () => {
  withCertificate.each(["directly", "through a proxy"])("ends the command at once with the fix: %s", async (way) => {
    const { exitCode, stderr } = await deployWith(way === "directly" ? {} : { HTTPS_PROXY: proxy.url });
    expect([exitCode, stderr.split("\n")]).toEqual([
      EXIT.failed,
      [
        `the certificate of https://${place()} is not trusted; set NODE_EXTRA_CA_CERTS to a PEM file with the certificate ` +
          "authority of dbt Cloud's address or of the proxy",
        "  detail: self-signed certificate",
        expect.stringMatching(/^ {2}request: GET v\d\//) as string,
        "",
      ],
    ]);
    expect([cloud.requests, liveJobs(cloud.world), proxy.lines.length <= 2]).toEqual([[], [], true]);
  });
});
