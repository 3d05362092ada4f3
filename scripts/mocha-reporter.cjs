/** Mocha's spec reporter with one more line for `scripts/test.mjs` to add up. */
const { reporters } = require('mocha');

class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      process.stdout.write(`#counts ${passes} ${failures} ${pending}\n`);
    });
  }
}
module.exports = CountingReporter;
