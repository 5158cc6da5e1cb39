/** Loads cdktn wherever a program asks for cdktf, as an alias in package.json does. */
const Module = require("node:module");

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return resolve.call(this, request.replace(/^cdktf(?=$|\/)/, "cdktn"), ...rest);
};
