// Package cause reads the log of a trainer that came to a bad end and tells what ended
// it. In comes a log of any length, out goes one Cause: an exception, what a launcher of
// several ranks says, what a shell or the C++ runtime says of a process, or the last
// line. It knows what usually lies behind a signal, and the prefixes that launchers put
// before the lines of one process.
//
// What it does not do: it does not know whether the run failed; a run that succeeded
// prints the same things.
package cause
