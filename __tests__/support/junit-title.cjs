/** The title of a test in the JUnit report. XML has no control characters, and some tests have them in their titles. */
module.exports = ({ classname, title }) =>
  `${classname} ${title}`.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
