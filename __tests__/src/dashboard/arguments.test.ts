import { argumentsOf } from "../../../src/dashboard/arguments";

it("without arguments it is dashboard.html of the default target", () => {
  expect(argumentsOf([], "/reports")).toEqual({ help: false, output: "/reports/dashboard.html", dbtOptions: [] });
});

it("names the file, relative to the current folder, and the options of dbt", () => {
  const vars = "{optional_sources: []}";
  expect(
    argumentsOf(["-o", "../a.html", "--profiles-dir", "p", "--vars", vars, "--target=redshift"], "/reports/here"),
  ).toEqual({
    help: false,
    output: "/reports/a.html",
    target: "redshift",
    dbtOptions: ["--target", "redshift", "--vars", vars, "--profiles-dir", "/reports/here/p"],
  });
});

it.each([
  [["--targte", "redshift"], "Unknown option '--targte'"],
  [["a.html"], "Unexpected argument 'a.html'"],
  [["--output"], "argument missing"],
])("refuses %j", (args, message) => {
  expect(() => argumentsOf(args, "/reports")).toThrow(message);
});
