// The limit of every test and hook that starts programs. It is generous: on a machine with other work a build can take
// ten times as long, and a test that hangs is found all the same.
const MINUTES = 15;
jest.setTimeout(MINUTES * 60_000);
