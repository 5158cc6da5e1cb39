/** `node --require` of this file prints the path of each file that the program has loaded, as the last line of stderr. */
process.on("exit", () => {
  process.stderr.write(`${JSON.stringify(Object.keys(require.cache))}\n`);
});
