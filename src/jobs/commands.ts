// The commands on a pull request that start jobs.
import { re2 } from '../config/re2.ts'

/** One pattern per command, for comments without their code blocks. */
export const commands = {
  testAll: re2`(?m)^/test all,?($|\s.*)`,
  retest: re2`(?m)^/retest\s*$`,
  retestRequired: re2`(?m)^/retest-required\s*$`,
  testManualRequired: re2`(?m)^/test-manual-required\s*$`,
  okToTest: re2`(?m)^/ok-to-test\s*$`,
  okToTestCancel: re2`(?m)^/ok-to-test\s+cancel\s*$`,
  /** `/test ?` asks for help. */
  help: re2`(?m)^/test[ \t]*\?\s*$`,
  testWithoutTarget: re2`(?m)^/test\s*$`,
  retestWithTarget: re2`(?m)^/retest[ \t]+\S+`,
  testWithTarget: re2`(?m)^/test[ \t]+\S+`,
  /** After any of these, earlier help comments are out of date. */
  anyTest: re2`(?m)^/(?:re)?test\b`,
} as const
