// A reporter of Vitest's: what went wrong between tests, which its report in JSON leaves out.
import { writeFileSync } from 'node:fs';

export default class UnhandledErrors {
  onTestRunEnd(_modules, errors) {
    writeFileSync(process.env.UNHANDLED_ERRORS_FILE, JSON.stringify(errors.map((error) => ({ message: error.stack ?? error.message ?? String(error) }))));
  }
}
