import { argumentsOf } from "../../dashboard/arguments";

it("without arguments it is dashboard.html of the default target", () => {
  expect(argumentsOf([], "/work")).toEqual({ help: false, output: "/work/dashboard.html", dbtOptions: [] });
});

it("names the file, from the folder one is in, and what dbt is told", () => {
  const vars = "{optional_sources: []}";
  expect(
    argumentsOf(["-o", "../a.html", "--profiles-dir", "p", "--vars", vars, "--target=redshift"], "/work/here"),
  ).toEqual({
    help: false,
    output: "/work/a.html",
    target: "redshift",
    dbtOptions: ["--target", "redshift", "--vars", vars, "--profiles-dir", "/work/here/p"],
  });
});

it.each([
  [["--targte", "redshift"], "Unknown option '--targte'"],
  [["a.html"], "Unexpected argument 'a.html'"],
  [["--output"], "argument missing"],
])("refuses %j", (args, message) => {
  expect(() => argumentsOf(args, "/work")).toThrow(message);
});
