import junitTitle from "./junit-title.cjs";

it("writes titles with control characters into a report that is XML", () => {
  expect(junitTitle({ classname: "a step", title: 'is "\u001b[31m\u0000"' })).toBe(
    String.raw`a step is "\u001b[31m\u0000"`,
  );
});
