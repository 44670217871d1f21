// Package launch hands a dataset to a trainer on some machine and remembers what
// happened.
//
// In comes a [Job]: which dataset, which model, which trainer, on which
// backend. Out comes a [Run], a row of the [Ledger] that can be listed,
// watched, stopped and found again from any later process.
//
// The words:
//
//   - A job says what to run. It is complete: nothing is looked up again.
//   - A run is one job that was asked for. Its id is random.
//   - An attempt is one try at a run, with a directory of its own
//     (HOME/runs/ID/attempt-N) that no other attempt ever writes to.
//   - A cell is all that makes a run another than one before: a job names it by a
//     hash (launch/sweep). One that runs or has succeeded is not started again,
//     unless the job asks for it anew.
//   - An evaluation is a run as well, about another run that has succeeded: its job
//     says which ([Job.Evaluates]), and its reports become results of that one.
//   - A [Trainer] renders a job into a [Command]: argv, environment, files.
//   - A [Backend] starts commands somewhere and gives back a [Handle], an
//     opaque string that finds the process again after anything restarts.
//
// The promise: the ledger holds the intent, on disk, before anything is
// started; the handle is saved at once after. Whatever dies in between, an
// attempt is either adopted or declared never started, and is never started
// twice. A process that vanished without its exit record is lost, never
// succeeded. No value of a secret is written to the ledger, to a file or into
// an argv. A trainer may print one: the box, which has the values, masks it in the log
// within a second, and every text of a program that is stored or shown (reasons, evidence,
// lines that were not understood, logs, alerts, errors) passes launch/redact once more, with
// what the process that shows it knows. A service that keeps logs itself (a Hub, a
// cluster's log store) has what was printed; what is copied from it is masked.
//
// An evaluation of a run is one run, whatever becomes of it and however many processes
// look: its cell is made of the run and of what is found out about it. It succeeds when
// its reports are in the ledger. Where it runs elsewhere than the run did, the model is
// brought there: fetched here (launch/fetch), and linked into its attempt. Where that could
// never be done, the run does not start.
//
// A state never waits for what a trainer told: curves, logs and results are read
// under a limit, and what is wrong with them is told beside the state. Success
// needs evidence: the planned number of steps, or the trainer's own end mark. The
// exit code alone is that of the last command of a pipe. What a trainer told is
// read from its progress log or, where it keeps none, from its output and its
// trainer_state.json; lines that are not understood are counted.
//
// What it does not do: it does not read shards (the manifest on disk is the
// seam to mix), does not train, and prints nothing.
//
// Trainers and backends are registries in launch/trainer and launch/backend,
// which import this package; the program hands them to a [Launcher].
//
// The ledger is embedded SQLite through modernc.org/sqlite, because it needs
// neither cgo nor a server and several processes may write to one file; a team may
// share one in PostgreSQL (launch/database). There each looks after the runs whose
// directories lie on its own machine, and sees the others as they were told. Run
// ids come from github.com/google/uuid: version 4, since version 7 begins with
// the time, and a prefix that fits one run now would fit two a second later.
package launch
