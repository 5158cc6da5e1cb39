import { refuseStepText } from "../../../src/jobs/step-text";

describe("a step's text is valid", () => {
  it.each([
    "dbt build --select tag:core",
    `dbt build --vars '{"note": "a; b && c | d > e"}'`,
    `dbt build --vars "{'window': 7; x}"`,
    'dbt build --vars "{\\"window\\": 7}"',
    "dbt build --select a\\;b",
    "dbt\tbuild",
    "dbt build --vars '{name: käse – 🧀}'",
    "dbt build --select path:models/$",
    "dbt build --vars '{a: {b: 1}}'",
  ])("%s", (text) => {
    expect(refuseStepText(text)).toBeUndefined();
  });
});

describe("shell syntax", () => {
  it.each([
    ["rm -rf / && dbt biuld", "&&"],
    ["dbt build || true", "||"],
    ["dbt build; dbt test", ";"],
    ["dbt build | tee log", "|"],
    ["dbt build > log", ">"],
    ["dbt build < log", "<"],
    ["dbt build --select `git diff`", "`"],
    ["dbt build --select $(git diff)", "$("],
    ["dbt build &", "&"],
    ["dbt build --vars '{a: 1}'; rm -rf /", ";"],
  ])("is refused in %p", (step, sign) => {
    expect(refuseStepText(step)).toEqual({
      reason: `"${sign}" is shell syntax, and no shell runs the step`,
      allowed: "one dbt command in each step",
      fix: "write each command as a separate step, or put quotation marks around the text if it belongs to an argument",
    });
  });

  it.each(["dbt build \\", "dbt build --select tag:core\\", "dbt build --vars '{a: 1}' \\"])(
    "that goes on in the next line is refused in %p",
    (step) => {
      expect(refuseStepText(step)).toEqual({
        reason: "a step cannot continue on the next line",
        allowed: "one dbt command in each step",
        fix: "remove the backslash at the end, and write the whole command in one line",
      });
    },
  );
});

describe("a step's characters", () => {
  it.each(["dbt build\ndbt test", "dbt build --vars '\n'", "dbt build\r\ndbt test"])("is one line, not %p", (step) => {
    expect(refuseStepText(step)).toEqual({
      reason: "a step is one line",
      allowed: "one dbt command in each step",
      fix: "write each command as a separate step",
    });
  });

  it.each(["dbt build 'x", 'dbt build --vars "{a: 1}', "dbt build it's", 'dbt build "a\\"'])(
    "closes its quotation marks, unlike %p",
    (step) => {
      expect(refuseStepText(step)).toEqual({
        reason: "a quotation mark is not closed",
        allowed: "pairs of quotation marks",
        fix: "close the quotation mark, or remove it",
      });
    },
  );

  it.each([
    ["dbt\u00a0build", "U+00A0"],
    ["dbt build --select \u200btag:core", "U+200B"],
    ["dbt build --vars '\u001b[31m'", "U+001B"],
    ["dbt build \ufeff", "U+FEFF"],
    ["dbt build --vars '\u0000'", "U+0000"],
  ])("is visible, unlike %p", (step, code) => {
    expect(refuseStepText(step)).toEqual({
      reason: `an invisible character, ${code}, is in the step`,
      allowed: "letters, signs and plain spaces",
      fix: "type the space again; such characters come with copied text",
    });
  });
});

describe("text that only a shell or a template engine replaces", () => {
  it.each([
    ["dbt build --select $MODELS", "$MODELS"],
    ["dbt build --vars '{day: ${DAY}}'", "${DAY}"],
  ])("is refused in %p: a variable", (step, variable) => {
    expect(refuseStepText(step)).toEqual({
      reason: `${variable} is not replaced, because no shell runs the step`,
      allowed: "values written out",
      fix: "write the value, or let the dbt project read an environment variable with env_var()",
    });
  });

  it.each([
    ["dbt build --select {{ var('tag') }}", "{{ var('tag') }}"],
    ["dbt build --vars '{a: {% x %}}'", "{%"],
  ])("is refused in %p: Jinja", (step, jinja) => {
    expect(refuseStepText(step)).toEqual({
      reason: `${jinja} is not rendered, because dbt renders Jinja in models and not in commands`,
      allowed: "values written out",
      fix: "write the value",
    });
  });
});

describe("a character from a copied document", () => {
  it.each(["“", "”", "„", "‘", "’", "«"])("is refused: the quotation mark %s", (mark) => {
    expect(refuseStepText(`dbt build --vars ${mark}x`)).toEqual({
      reason: `${mark} is a typographic quotation mark, which dbt reads as a letter`,
      allowed: "\" and '",
      fix: "type the quotation marks again; such characters come with copied text",
    });
  });

  it.each(["–", "—"])("is refused: the dash %s", (dash) => {
    expect(refuseStepText(`dbt build ${dash}select tag:core`)).toEqual({
      reason: `${dash} is a typographic dash, which starts no flag`,
      allowed: "flags that start with -- or -",
      fix: "type two hyphens instead, for example --select",
    });
  });
});
